import { isDeepStrictEqual } from 'node:util';
import type { ApiAnswer, ApiClient } from '@orchid/testing';
import { DEMO_NAME, DEMO_PLAN_KEY, demoAuthFlow, demoIntegration, demoPlan, demoValues } from './demo-documents';
import { DemoError } from './demo.errors';

interface Named {
  readonly id: string;
  readonly name: string;
}

export interface InstalledDemo {
  readonly configId: string;
  /** Whether an earlier start had stored it already. */
  readonly reused: boolean;
}

/** Stores integration, config, auth flow and plan through the API; what an earlier start stored is used again. */
export async function installDemo(api: ApiClient, baseUrl: string): Promise<InstalledDemo> {
  const existing = await findNamed(api, '/integrations?limit=200', DEMO_NAME);
  const integration = existing ?? (await made<Named>(api, '/integrations', demoIntegration));
  const of = `integration_id=${integration.id}&limit=200`;
  const configId = await installConfig(api, integration.id, baseUrl);
  const flow = await findNamed(api, `/auth-flows?${of}`, demoAuthFlow.name);
  if (flow === undefined) await made(api, '/auth-flows', { ...demoAuthFlow, integration_id: integration.id });
  await installPlan(api);
  return { configId, reused: existing !== undefined };
}

async function installConfig(api: ApiClient, integrationId: string, baseUrl: string): Promise<string> {
  const document = { integration_id: integrationId, name: DEMO_NAME, values: demoValues(baseUrl) };
  const found = await findNamed(api, `/configs?integration_id=${integrationId}&limit=200`, DEMO_NAME);
  if (found === undefined) return (await made<Named>(api, '/configs', document)).id;
  // The demonstration's API listens on another port each time.
  expectOk('PUT /configs', await api.put(`/configs/${found.id}`, { ...document, enabled: true }));
  return found.id;
}

/** Without a change no new version is made. It is switched off, so that nothing starts before it is meant to. */
async function installPlan(api: ApiClient): Promise<void> {
  const found = await api.get(`/plans/${DEMO_PLAN_KEY}`);
  if (found.status === 404) {
    await made(api, '/plans', demoPlan);
    return;
  }
  expectOk('GET /plans', found);
  const { step, rate_limits, wait_seconds } = found.body;
  const current = [demoPlan.step, demoPlan.rate_limits, demoPlan.wait_seconds];
  if (!isDeepStrictEqual([step, rate_limits, wait_seconds], current)) {
    expectOk('PUT /plans', await api.put(`/plans/${DEMO_PLAN_KEY}`, demoPlan));
  }
  await enablePlan(api, false);
}

export async function enablePlan(api: ApiClient, enabled: boolean): Promise<void> {
  expectOk('PATCH /plans', await api.patch(`/plans/${DEMO_PLAN_KEY}/enabled`, { enabled }));
}

/** Starts an execution; where one waits already, that one is meant. */
export async function triggerDemo(api: ApiClient, configId: string): Promise<string> {
  const answer = await api.post(`/plans/${DEMO_PLAN_KEY}/trigger`, { config_id: configId });
  const { execution_id: id } = answer.body;
  if (typeof id === 'string' && [202, 409].includes(answer.status)) return id;
  throw unexpected('POST /plans/trigger', answer);
}

async function findNamed(api: ApiClient, path: string, name: string): Promise<Named | undefined> {
  const answer = await api.get<{ readonly data: readonly Named[] }>(path);
  expectOk(`GET ${path}`, answer);
  return answer.body.data.find((each) => each.name === name);
}

async function made<T = unknown>(api: ApiClient, path: string, document: unknown): Promise<T> {
  const answer = await api.post<T>(path, document);
  expectOk(`POST ${path}`, answer);
  return answer.body;
}

function expectOk(what: string, answer: ApiAnswer): void {
  if (answer.status < 200 || answer.status > 299) throw unexpected(what, answer);
}

function unexpected(what: string, { status, body }: ApiAnswer): DemoError {
  return new DemoError(`The API answered ${what} with ${status}: ${JSON.stringify(body)}`);
}
