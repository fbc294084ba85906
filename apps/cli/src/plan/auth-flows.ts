import {
  compileAuthFlow,
  type CompiledAuthFlow,
  FlowTokenProvider,
  InvalidAuthFlow,
  MemoryTokenCache,
} from '@orchid/auth';
import { flowAuth, type AuthPort } from '@orchid/engine';
import type { HttpClient } from '@orchid/http-client';
import { type JsonObject, systemClock } from '@orchid/kernel';
import { authUse, type CompiledPlan } from '@orchid/plan';
import { readObject } from '../read-json-file';
import { UsageError } from '../usage.errors';

type Flows = ReadonlyMap<string, CompiledAuthFlow>;

/** The auth flows of the given files, by name. Throws {@link UsageError} with every fault of a file. */
export function readAuthFlows(files: readonly string[]): Flows {
  const flows = new Map<string, CompiledAuthFlow>();
  for (const file of files) {
    const flow = compiled(file, readObject(file, 'the auth flow'));
    if (flows.has(flow.name)) throw new UsageError(`${file}: there is another auth flow "${flow.name}"`);
    flows.set(flow.name, flow);
  }
  return flows;
}

function compiled(file: string, document: JsonObject): CompiledAuthFlow {
  try {
    return compileAuthFlow(document);
  } catch (error) {
    if (!(error instanceof InvalidAuthFlow)) throw error;
    const lines = error.faults.map(({ path, message, hint }) => `  - ${path}: ${message}${hint ? ` ${hint}` : ''}`);
    throw new UsageError([`${file}: the auth flow is invalid:`, ...lines].join('\n'), error);
  }
}

/** Throws {@link UsageError} where the plan asks for a flow that was not given. */
export function assertFlows(plan: CompiledPlan, flows: Flows): void {
  const given = flows.size === 0 ? 'none is given' : `given: ${[...flows.keys()].join(', ')}`;
  const { only, names, ids } = authUse(plan);
  const faults = [
    ...only
      .filter(() => flows.size !== 1)
      .map(({ path }) => `${path} reads auth and names no auth_flow, so exactly one --auth-flow is needed (${given})`),
    ...names
      .filter(({ flow }) => !flows.has(flow))
      .map(({ path, flow }) => `${path} names the auth flow "${flow}": give its file with --auth-flow (${given})`),
    ...ids.map(({ path }) => `${path} is known to an installation only: name the flow in auth_flow`),
  ];
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
}

interface Login {
  readonly flows: Flows;
  readonly config: JsonObject;
  readonly http: HttpClient;
  readonly tenantId: string;
  readonly configId: string;
}

/** Tokens for one run, kept in memory. */
export function localAuth({ flows, ...login }: Login): AuthPort {
  const cache = new MemoryTokenCache(systemClock);
  const provider = new FlowTokenProvider({ ...login, flows, cache, clock: systemClock });
  return flowAuth(
    provider,
    [...flows.keys()].map((name) => ({ id: name, name })),
  );
}
