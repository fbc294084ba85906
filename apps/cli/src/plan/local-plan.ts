import type { Settings } from '@orchid/config';
import type { AuthPort } from '@orchid/engine';
import { outboundClient } from '@orchid/http-client';
import type { JsonObject } from '@orchid/kernel';
import { planCaps, type CompiledPlan } from '@orchid/plan';
import { cliSettings } from '../cli-settings';
import { readObject, readText } from '../read-json-file';
import { writeLine, type Terminal } from '../terminal';
import { UsageError } from '../usage.errors';
import { assertFlows, localAuth, readAuthFlows } from './auth-flows';
import { checkPlan, schemaOf } from './check-plan';
import { applySchema, type ConfigValues, guessSecrets } from './config-values';
import { faultReport } from './fault-report';
import { LOCAL_CONFIG, LOCAL_TENANT, localContext } from './local-execution';
import { WatchedHttpClient } from './watched-http-client';

/** The files that a plan runs with. */
export interface LocalPlanFiles {
  readonly config?: string;
  readonly integration?: string;
  readonly authFlow?: readonly string[];
  readonly context?: string;
  readonly allowPrivate?: readonly string[];
}

/** A plan with everything it needs to run in this process. */
export interface LocalPlan {
  readonly plan: CompiledPlan;
  readonly settings: Settings;
  readonly config: ConfigValues;
  readonly context: JsonObject;
  readonly http: WatchedHttpClient;
  readonly auth: AuthPort;
}

/** Reads and checks the files; warnings go to standard error. Throws {@link UsageError}. */
export async function openLocalPlan(file: string, files: LocalPlanFiles, terminal: Terminal): Promise<LocalPlan> {
  const settings = cliSettings(terminal.env);
  const schemaFile = files.integration;
  const schema = schemaFile === undefined ? null : schemaOf(readObject(schemaFile, 'the integration'));
  const checked = checkPlan(file, readText(file), {
    caps: planCaps(settings.limits),
    ...(schema !== null && { configSchema: schema }),
  });
  const { plan } = checked;
  if (plan === null) throw new UsageError(faultReport(file, checked));
  if (checked.warnings.length > 0) writeLine(terminal.err, faultReport(file, checked));
  const config = await readConfig(files.config, schema);
  const context = files.context === undefined ? {} : readObject(files.context, 'the context');
  const flows = readAuthFlows(files.authFlow ?? []);
  assertFlows(plan, flows);
  const http = new WatchedHttpClient(outboundClient(settings.outbound, files.allowPrivate));
  const login = { flows, config: config.values, http, tenantId: LOCAL_TENANT, configId: LOCAL_CONFIG };
  return { plan, settings, config, context: localContext(context), http, auth: localAuth(login) };
}

async function readConfig(
  file: string | undefined,
  schema: Parameters<typeof applySchema>[2] | null,
): Promise<ConfigValues> {
  const given = file === undefined ? {} : readObject(file, 'the config');
  return schema === null ? guessSecrets(given) : applySchema(file ?? 'the config', given, schema);
}
