import { setTimeout as sleep } from 'node:timers/promises';
import { CONTACTS, DEMO_PLAN_KEY, DEMO_TENANT, demoPlan } from './demo-documents';
import type { DemoScreen } from './demo-screen';
import { enablePlan } from './install-demo';
import { shortMessage } from './message-counter';
import type { DemoResult, RunningDemo } from './run-demo';
import { type ExecutionView, hasEnded } from './watch-execution';

const LOOK_EVERY_MS = 1_000;

/** What the pull did, and the first messages as a consumer gets them. */
export function showResult({ execution, messages, missing, seconds }: DemoResult, screen: DemoScreen): void {
  const { pages = 0, api_calls: calls = 0, published = 0 } = execution.receipt ?? {};
  const rate = Math.round(calls / Math.max(seconds, 0.1));
  const text = `${execution.status}: ${pages} pages, ${calls} requests (${rate}/s), ${published} records published in ${seconds.toFixed(1)} s`;
  if (execution.status === 'success' && missing === 0) screen.good(`  ${text}`);
  else screen.bad(`  ${text}`);
  screen.line(
    `  read back: ${messages.count} messages, ${CONTACTS - missing} of ${CONTACTS} contacts, ${missing} missing`,
  );
  screen.heading('The first messages');
  for (const message of messages.first) screen.line(`  ${shortMessage(message)}`);
}

/** Where everything is and what to do next. */
export function showAddresses({ processes, stub, broker, logs, configId }: RunningDemo, screen: DemoScreen): void {
  const api = processes.url('api');
  screen.heading('Orchid is running');
  screen.line(`  Swagger UI  ${api}/docs`);
  screen.line(`  health      ${api}/health  ${processes.url('worker')}/health  ${processes.url('scheduler')}/health`);
  screen.line(`  messages    ${broker}: api-responses, api-errors, execution-events`);
  screen.line(`  demo API    ${stub.url}`);
  screen.line(`  logs        ${logs}`);
  screen.heading('Next');
  screen.line(`  The plan runs again ${demoPlan.wait_seconds} s after each end. Look at it, or start it yourself:`);
  const plan = `${api}/api/v1/plans/${DEMO_PLAN_KEY}`;
  screen.line(`    me() { curl -H 'X-Tenant-ID: ${DEMO_TENANT}' -H 'X-User-ID: me' "$@"; }`);
  screen.line(`    me ${plan}`);
  screen.line(`    me '${api}/api/v1/executions?plan_key=${DEMO_PLAN_KEY}'`);
  screen.line(`    me ${plan}/trigger --json '{"config_id": "${configId}"}'`);
  screen.line('  Write a plan of your own: docs/getting-started.md');
  screen.line('  Ctrl-C stops everything.');
  screen.line();
}

/** Leaves the plan to the scheduler and tells each execution that ends, until the signal aborts. */
export async function showSchedule(demo: RunningDemo, screen: DemoScreen, signal: AbortSignal): Promise<void> {
  const { api } = demo;
  const seen = new Set(await endedIds(demo));
  await enablePlan(api, true);
  while (!signal.aborted) {
    for (const execution of await latest(demo)) {
      if (!hasEnded(execution) || seen.has(execution.id)) continue;
      seen.add(execution.id);
      showEnded(execution, screen);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function showEnded({ status, receipt, error, finished_at: at }: ExecutionView, screen: DemoScreen): void {
  const time = (at === null ? new Date() : new Date(at)).toLocaleTimeString('en-GB');
  const counts = `${receipt?.pages ?? 0} pages, ${receipt?.api_calls ?? 0} requests, ${receipt?.published ?? 0} records`;
  screen.line(`  ${time}  by schedule: ${status}, ${counts}${error === null ? '' : ` - ${error.message}`}`);
}

async function endedIds(demo: RunningDemo): Promise<string[]> {
  return (await latest(demo)).filter(hasEnded).map(({ id }) => id);
}

async function latest({ api }: RunningDemo): Promise<readonly ExecutionView[]> {
  const { status, body } = await api.get<{ readonly data: readonly ExecutionView[] }>(
    `/executions?plan_key=${DEMO_PLAN_KEY}&limit=10`,
  );
  return status === 200 ? body.data : [];
}
