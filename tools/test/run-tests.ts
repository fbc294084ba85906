import { spawn, type ChildProcess } from 'node:child_process';
import { borrowStack, requiredServices, type BorrowedStack } from './borrowed-stack';
import { runJestSuite } from './jest-suite';
import { EMPTY, failed, sum, type Tally } from './tally';

export interface TestRun {
  readonly root: string;
  /** Handed on to Jest: paths and options such as `-t`. */
  readonly args: readonly string[];
  readonly required: string;
  readonly log: (line: string) => void;
}

type Step = () => Promise<Tally>;

/** All tests: unit, integration on the stack, end to end on the built processes. Stops early only when interrupted. */
export async function runTests({ root, args, required, log }: TestRun): Promise<Tally> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const onSpawn = (child: ChildProcess) => endOnAbort(child, interruption.signal);
  const suite =
    (project: string, ...options: string[]): Step =>
    () =>
      timed(`${project} tests`, log, () => runJestSuite({ project, root, args: [...options, ...args], onSpawn }));
  const tallies: Tally[] = [];
  const step = async (work: Step) => {
    if (!interruption.signal.aborted) tallies.push(await work());
  };

  await step(suite('unit', '--maxWorkers=2'));
  await step(() =>
    withStack(required, log, async () => {
      await step(suite('int', '--maxWorkers=2'));
      await step(() => timed('build', log, () => build(root, onSpawn)));
      await step(suite('e2e', '--runInBand'));
    }),
  );
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  return sum([...tallies, interruption.signal.aborted ? failed('all', 'interrupted') : EMPTY]);
}

function endOnAbort(child: ChildProcess, signal: AbortSignal): void {
  const end = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  child.once('exit', () => signal.removeEventListener('abort', end));
}

async function withStack(required: string, log: (line: string) => void, work: () => Promise<void>): Promise<Tally> {
  let stack: BorrowedStack;
  try {
    stack = await borrowStack(requiredServices(required), log);
  } catch (error) {
    return failed(
      'stack',
      `integration and e2e tests could not run\n${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (stack.absent.length > 0)
    log(`not on this machine: ${stack.absent.join(', ')} - tests that need them are not defined`);
  try {
    await work();
    return EMPTY;
  } finally {
    await stack.giveBack();
  }
}

function build(root: string, onSpawn: (child: ChildProcess) => void): Promise<Tally> {
  const child = spawn('npm', ['run', '-s', 'build'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  onSpawn(child);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      resolve(code === 0 ? EMPTY : failed('build', `npm run build exited with code ${code}`)),
    );
  });
}

async function timed(name: string, log: (line: string) => void, work: Step): Promise<Tally> {
  log(`== ${name}`);
  const started = performance.now();
  const tally = await work();
  log(`== ${name}: ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  return tally;
}
