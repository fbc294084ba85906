import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSettings } from '@orchid/config';
import { createReader, publisherSettings } from '@orchid/messaging';
import { ApiClient, startStubApi, type StubApi } from '@orchid/testing';
import { workspaceRoot } from '../stack';
import { CLIENT_SECRET, CONTACTS, DEMO_API, DEMO_TENANT } from './demo-documents';
import { assertFree, demoPorts } from './demo-ports';
import { DemoProcesses } from './demo-processes';
import type { DemoScreen } from './demo-screen';
import { startDemoStack } from './demo-stack';
import { installDemo, triggerDemo } from './install-demo';
import { MessageCounter } from './message-counter';
import type { Teardown } from './teardown';
import { type ExecutionView, followExecution } from './watch-execution';

/** All of the demonstration while it runs. */
export interface RunningDemo {
  readonly api: ApiClient;
  readonly processes: DemoProcesses;
  readonly stub: StubApi;
  readonly configId: string;
  readonly broker: string;
  readonly logs: string;
}

export interface DemoContext {
  readonly env: NodeJS.ProcessEnv;
  readonly screen: DemoScreen;
  readonly teardown: Teardown;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Starts servers, processes and the demonstration's API, and stores the documents. Rejects when interrupted. */
export async function startDemo({ env, screen, teardown, signal }: DemoContext): Promise<RunningDemo> {
  const directory = path.join(workspaceRoot(), '.orchid');
  const logs = path.join(directory, 'logs');
  const ports = demoPorts(env);
  await assertFree(ports);

  screen.heading('Servers');
  const stack = await startDemoStack(env, path.join(directory, 'messages'), (line) => screen.line(`  ${line}`));
  if (stack.stop !== null) teardown.add({ name: 'servers', close: stack.stop });
  screen.line(`  broker     ${stack.broker}`);
  signal.throwIfAborted();

  const stub = await startStubApi(DEMO_API);
  teardown.add({ name: 'demo API', close: () => stub.close() });

  screen.heading('Orchid');
  const settings = { ...definedOnly(env), ...stack.env, NODE_ENV: 'development', AUTH_ENABLED: 'false' };
  const allow = [env.OUTBOUND_ALLOW_PRIVATE, stub.authority].filter((text) => text !== undefined && text !== '');
  const processEnv = { ...settings, OUTBOUND_ALLOW_PRIVATE: allow.join(',') };
  const processes = new DemoProcesses(processEnv, ports, logs);
  teardown.add({ name: 'processes', close: () => processes.stop(), kill: () => processes.kill() });
  await processes.start();
  signal.throwIfAborted();
  screen.line(`  api        ${processes.url('api')}`);
  screen.line(`  worker     ${processes.url('worker')}`);
  screen.line(`  scheduler  ${processes.url('scheduler')}`);

  const api = new ApiClient(processes.url('api').replace('localhost', '127.0.0.1'), DEMO_TENANT);
  const { configId, reused } = await installDemo(api, stub.url);
  const stored = reused ? 'are there from an earlier start' : 'are stored';
  screen.line(`  integration, config (its secret encrypted), auth flow and plan ${stored}`);
  return { api, processes, stub, configId, broker: stack.broker, logs };
}

export interface DemoResult {
  readonly execution: ExecutionView;
  readonly messages: MessageCounter;
  readonly missing: number;
  readonly seconds: number;
}

/** Longest wait for messages after the end of the execution: they are acknowledged by then and only have to be read. */
const READ_WITHIN_MS = 20_000;

/** Runs the plan once, with its progress on the screen, and reads back what it published. */
export async function pullOnce(demo: RunningDemo, { env, screen, signal }: DemoContext): Promise<DemoResult> {
  const { api, stub } = demo;
  const messages = counterFor(env, demo);
  const requestsBefore = stub.stats().requests;
  // The rate is that of the API being read: from its first request on.
  let first: number | null = null;
  const seconds = () => (first === null ? 0 : (performance.now() - first) / 1_000);
  const show = ({ progress, status }: ExecutionView) => {
    const requests = stub.stats().requests - requestsBefore;
    if (requests > 0) first ??= performance.now();
    const rate = seconds() < 0.3 ? 0 : Math.round(requests / seconds());
    screen.progress(
      `  ${status}: page ${progress?.pages ?? 0}, ${requests} requests, ${messages.count} records, ${rate} requests/s`,
    );
  };
  try {
    const id = await triggerDemo(api, demo.configId);
    messages.start(id);
    const execution = await followExecution(api, id, show, signal);
    const took = seconds();
    const expected = execution.receipt?.published ?? 0;
    const readUntil = performance.now() + READ_WITHIN_MS;
    while (messages.count < expected && performance.now() < readUntil) {
      show(execution);
      await sleep(50, undefined, { signal });
    }
    return { execution, messages, missing: messages.missing(CONTACTS), seconds: took };
  } finally {
    await messages.stop();
  }
}

function counterFor(env: NodeJS.ProcessEnv, { processes }: RunningDemo): MessageCounter {
  const settings = loadSettings({ ...definedOnly(env), ...processes.env }, { app: 'cli' });
  return new MessageCounter(createReader(publisherSettings(settings.broker, 'orchid-demo')));
}

/** What is wrong with a pull, for what newcomers see is also checked; null when nothing is. */
export function faultOf({ execution, messages, missing }: DemoResult): string | null {
  const { status, error, receipt } = execution;
  if (status !== 'success') return `The execution ended as ${status}: ${error?.message ?? 'no reason is given'}`;
  if (receipt?.complete !== true) return 'The receipt does not say that the pull is complete.';
  if (messages.trouble !== null) return `The messages could not be read back: ${messages.trouble}`;
  if (missing !== 0) return `${missing} of ${CONTACTS} contacts did not arrive with their details.`;
  if (messages.count !== receipt.published)
    return `${receipt.published} messages were published, ${messages.count} arrived.`;
  return JSON.stringify(messages.first).includes(CLIENT_SECRET) ? 'A message shows the secret of the config.' : null;
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
