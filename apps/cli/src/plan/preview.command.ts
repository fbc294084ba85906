import { LimiterQuota, previewExecution, type Preview } from '@orchid/engine';
import { newId, Redactor, stringifyJson, systemClock, type JsonValue } from '@orchid/kernel';
import { MemoryRateLimiter } from '@orchid/rate-limit';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-code';
import { writeLine, type Terminal } from '../terminal';
import { LOCAL_CONFIG, LOCAL_TENANT } from './local-execution';
import { openLocalPlan, type LocalPlan, type LocalPlanFiles } from './local-plan';
import { hostAndPort, positiveInteger } from './option-values';
import { previewText } from './preview-text';
import { allowHint } from './watched-http-client';

interface PreviewOptions extends LocalPlanFiles {
  readonly maxRequests: number;
  readonly json?: boolean;
}

const DEFAULT_REQUESTS = 5;
const EXAMPLES = `
Examples:
  orchid plan preview contacts.json --config config.json
  orchid plan preview contacts.json --config config.json --max-requests 20 --json | jq '.requests[0].messages'

Exit codes: 0 shown, 1 the API or the plan failed, 2 wrong usage or an invalid plan, 3 aborted by the plan.`;

/** `orchid plan preview`. */
export function previewCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('preview')
    .description('send the first requests of a plan and show what follows from each answer')
    .argument('<file>', 'the plan, or - for standard input')
    .option('--config <file>', 'the values the plan reads as config: a JSON object')
    .option('--integration <file>', 'the integration, or its config_schema')
    .option('--auth-flow <file...>', 'the auth flows of the integration')
    .option('--context <file>', 'what earlier executions stored: a JSON object')
    .option('--max-requests <n>', 'stop after so many requests', positiveInteger, DEFAULT_REQUESTS)
    .option('--allow-private <host:port...>', 'private or loopback destinations that may be called', hostAndPort)
    .option('--json', 'for programs')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: PreviewOptions) => {
      const local = await openLocalPlan(file, options, terminal);
      const preview = await runPreview(local, options.maxRequests).finally(() => local.http.close());
      const text = options.json === true ? stringifyJson(preview as unknown as JsonValue) : previewText(preview);
      writeLine(terminal.out, text);
      if (local.http.blocked.size > 0) writeLine(terminal.err, allowHint(local.http.blocked));
      finish(exitOf(preview));
    });
}

function runPreview({ plan, config, context, http, auth }: LocalPlan, maxRequests: number): Promise<Preview> {
  const integration = plan.document.integration ?? plan.document.integration_id ?? 'local';
  const identity = {
    tenantId: LOCAL_TENANT,
    configId: LOCAL_CONFIG,
    integrationId: integration,
    config: config.values,
  };
  return previewExecution(
    {
      tenantId: LOCAL_TENANT,
      executionId: newId(),
      integration,
      plan,
      planVersion: 1,
      configId: LOCAL_CONFIG,
      config: config.values,
      secretFields: config.secretFields,
      redactor: new Redactor(config.secrets),
      context,
      maxRequests,
    },
    {
      http,
      auth,
      quota: new LimiterQuota(new MemoryRateLimiter(systemClock), plan.limits, identity, systemClock),
      clock: systemClock,
      random: Math.random,
      traceIds: () => null,
    },
  );
}

function exitOf({ stopped_by }: Preview): ExitCode {
  if (stopped_by === 'failed') return EXIT.failed;
  return stopped_by === 'aborted' ? EXIT.aborted : EXIT.ok;
}
