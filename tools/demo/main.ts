import { OrchidError } from '@orchid/kernel';
import { DemoScreen } from './demo-screen';
import { Interrupted } from './demo.errors';
import { type DemoContext, type DemoResult, faultOf, pullOnce, type RunningDemo, startDemo } from './run-demo';
import { showAddresses, showResult, showSchedule } from './show-demo';
import { Teardown } from './teardown';

const HELP = `npm start            starts Orchid with an example and keeps it running until Ctrl-C
npm start -- --once  runs the example once; the last line of standard output is a summary in JSON

Ports: API_PORT (or PORT) 3000, WORKER_PORT 3001, SCHEDULER_PORT 3002; 0 takes any free one.
Servers: docs/getting-started.md says how to bring your own.`;

const SAME_CTRL_C_MS = 750;

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
  // Whatever ends this process, no child of it lives on.
  process.on('exit', () => teardown.kill());
  const run = once ? runOnce : runOn;
  const code = await run(context).catch((error: unknown) => explain(error, context, once));
  const troubles = await teardown.run((line) => screen.aside(line));
  for (const trouble of troubles) screen.bad(trouble);
  return troubles.length > 0 ? 1 : code;
}

/** The first Ctrl-C ends in order, the second at once. */
function interruptions(screen: DemoScreen, teardown: Teardown): AbortSignal {
  const interruption = new AbortController();
  let askedAt = 0;
  const stop = () => {
    // One Ctrl-C arrives twice: from the terminal, and passed on by npm.
    if (Date.now() - askedAt < SAME_CTRL_C_MS) return;
    askedAt = Date.now();
    if (interruption.signal.aborted) {
      teardown.kill();
      screen.bad('Killed. Servers may still run: npm run stack -- down');
      process.exit(1);
    }
    screen.line();
    screen.line('Stopping. Ctrl-C again kills.');
    interruption.abort(new Interrupted());
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  return interruption.signal;
}

/** One pull, summed up as the only line of standard output. */
async function runOnce(context: DemoContext): Promise<number> {
  const { demo, dying } = await begin(context);
  const result = await Promise.race([pullOnce(demo, context), dying]);
  const fault = report(result, context);
  const { execution, messages, missing } = result;
  const { pages, api_calls: requests, published } = execution.receipt ?? {};
  const summary = { status: execution.status, pages, requests, published, consumed: messages.count, missing };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return fault === null ? 0 : 1;
}

/** A pull, and then the schedule, until Ctrl-C. */
async function runOn(context: DemoContext): Promise<number> {
  const { screen, signal } = context;
  const { demo, dying } = await begin(context);
  report(await Promise.race([pullOnce(demo, context), dying]), context);
  showAddresses(demo, screen);
  await Promise.race([showSchedule(demo, screen, signal), dying]);
  return 0;
}

async function begin(context: DemoContext): Promise<{ readonly demo: RunningDemo; readonly dying: Promise<never> }> {
  const demo = await startDemo(context);
  const dying = demo.processes.died.then((death) => {
    throw death;
  });
  // The race may be over, or not yet begun, when one dies.
  dying.catch(() => undefined);
  context.screen.heading('A pull: 20 pages of contacts, and the details of each');
  return { demo, dying };
}

function report(result: DemoResult, { screen }: DemoContext): string | null {
  showResult(result, screen);
  const fault = faultOf(result);
  if (fault !== null) screen.bad(`  ${fault}`);
  return fault;
}

/** Tells why it ended; Ctrl-C is a proper end, but not of `--once`. */
function explain(error: unknown, { screen, signal }: DemoContext, once: boolean): number {
  if (signal.aborted) return once ? 1 : 0;
  screen.line();
  screen.bad(error instanceof OrchidError ? error.message : String(error instanceof Error ? error.stack : error));
  return 1;
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
