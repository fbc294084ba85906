import { OrchidError } from '@orchid/kernel';
import { DemoScreen } from './demo-screen';
import { Interrupted } from './demo.errors';
import { assertComplete, type DemoContext, pullOnce, startDemo } from './run-demo';
import { showAddresses, showResult, showSchedule } from './show-demo';
import { Teardown } from './teardown';

const HELP = `npm start            starts Orchid with an example and keeps it running until Ctrl-C
npm start -- --once  runs the example once; the last line of standard output is a summary in JSON

Ports: API_PORT (or PORT) 3000, WORKER_PORT 3001, SCHEDULER_PORT 3002; 0 takes any free one.
Servers: docs/getting-started.md says how to bring your own.`;

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--once' && arg !== '--help');
  if (unknown !== undefined || args.includes('--help')) {
    process.stdout.write(`${unknown === undefined ? '' : `unknown option ${unknown}\n`}${HELP}\n`);
    return unknown === undefined ? 0 : 2;
  }
  const once = args.includes('--once');
  const stream = once ? process.stderr : process.stdout;
  const screen = new DemoScreen(stream, stream.isTTY);
  const teardown = new Teardown();
  const context: DemoContext = { env: process.env, screen, teardown, signal: interruptions(screen, teardown) };
  let code = 0;
  try {
    const summary = await run(context, once);
    code = await end(context, code);
    if (summary !== null && code === 0) process.stdout.write(`${JSON.stringify(summary)}\n`);
    return code;
  } catch (error) {
    code = explain(error, context, once);
    return end(context, code);
  }
}

/** The first Ctrl-C ends in order, the second at once. */
function interruptions(screen: DemoScreen, teardown: Teardown): AbortSignal {
  const interruption = new AbortController();
  const stop = () => {
    if (interruption.signal.aborted) {
      teardown.kill();
      screen.bad('Killed. Servers may still run: npm run stack -- down');
      process.exit(1);
    }
    screen.line();
    screen.line('Stopping. Ctrl-C again kills.');
    interruption.abort(new Interrupted());
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return interruption.signal;
}

async function run(context: DemoContext, once: boolean): Promise<object | null> {
  const { screen, signal } = context;
  const demo = await startDemo(context);
  const dying = demo.processes.died.then((death) => {
    throw death;
  });
  // The race may be over, or not yet begun, when it dies.
  dying.catch(() => undefined);
  screen.heading('A pull: 20 pages of contacts, and the details of each');
  const result = await Promise.race([pullOnce(demo, context), dying]);
  showResult(result, screen);
  assertComplete(result, JSON.stringify(result.messages.first));
  if (!once) {
    showAddresses(demo, screen);
    await Promise.race([showSchedule(demo, screen, signal), dying]);
    return null;
  }
  const { execution, messages, missing } = result;
  const { pages, api_calls: requests, published } = execution.receipt ?? {};
  return { status: execution.status, pages, requests, published, consumed: messages.count, missing };
}

/** Tells why it ended; Ctrl-C is a proper end, but not of `--once`. */
function explain(error: unknown, { screen, signal }: DemoContext, once: boolean): number {
  if (signal.aborted) return once ? 1 : 0;
  screen.line();
  screen.bad(error instanceof OrchidError ? error.message : String(error instanceof Error ? error.stack : error));
  return 1;
}

async function end({ screen, teardown }: DemoContext, code: number): Promise<number> {
  const troubles = await teardown.run((line) => screen.aside(line));
  for (const trouble of troubles) screen.bad(trouble);
  return troubles.length > 0 ? 1 : code;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
