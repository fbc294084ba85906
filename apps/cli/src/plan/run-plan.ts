import { systemClock } from '@orchid/kernel';
import { NdjsonPublisher } from '@orchid/messaging';
import { EXIT, type ExitCode } from '../exit-code';
import { writeLine, type Terminal } from '../terminal';
import { LocalExecution, type LocalOutcome } from './local-execution';
import { openLocalPlan, type LocalPlanFiles } from './local-plan';
import { ProgressLine } from './progress-line';
import { receiptSummary } from './receipt-summary';
import { allowHint } from './watched-http-client';

export interface RunOptions extends LocalPlanFiles {
  readonly maxRequests?: number;
  /** Milliseconds. */
  readonly timeout?: number;
}

const EXIT_OF: Readonly<Record<LocalOutcome['kind'], ExitCode>> = {
  success: EXIT.ok,
  failed: EXIT.failed,
  aborted: EXIT.aborted,
  cancelled: EXIT.cancelled,
};

/** Runs a plan once and resolves to the exit code. Throws {@link UsageError} before anything is sent. */
export async function runPlan(file: string, options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  const { plan, settings, config, context, http, auth } = await openLocalPlan(file, options, terminal);
  const progress = new ProgressLine({ stream: terminal.err, rewrites: rewrites(terminal), clock: systemClock });
  const publisher = new NdjsonPublisher(terminal.out);
  const execution = new LocalExecution(
    {
      plan,
      config,
      context,
      parkAfterMs: settings.worker.parkAfterMs,
      maxRequests: options.maxRequests ?? null,
    },
    { http, auth, publisher, observer: progress.observer },
  );
  try {
    return await watched(execution, { terminal, progress, timeout: options.timeout });
  } finally {
    progress.clear();
    if (http.blocked.size > 0) writeLine(terminal.err, allowHint(http.blocked));
    await http.close();
  }
}

/** Over messages on the same screen a rewritten line would only be noise. */
function rewrites({ out, err }: Terminal): boolean {
  return err.isTTY === true && out.isTTY !== true;
}

interface Watch {
  readonly terminal: Terminal;
  readonly progress: ProgressLine;
  readonly timeout: number | undefined;
}

/** Runs with an ear for Ctrl-C, the time limit, and a reader of the output that has gone away. */
async function watched(execution: LocalExecution, { terminal, progress, timeout }: Watch): Promise<ExitCode> {
  const started = systemClock.now();
  let why = '';
  const cancel = (reason: string) => {
    if (why === '') why = reason;
    execution.stop.ask('cancel');
  };
  const forget = terminal.onInterrupt(() => {
    if (why === 'interrupted') process.exit(EXIT.cancelled);
    cancel('interrupted');
  });
  const timer = timeout === undefined ? undefined : setTimeout(() => cancel('the time of --timeout is over'), timeout);
  const onOutput = () => cancel('nobody reads the output any more');
  terminal.out.once('error', onOutput);
  try {
    const outcome = await execution.run();
    progress.clear();
    if (execution.usedUpRequests) cancel('the requests of --max-requests are used up');
    const seconds = (systemClock.now() - started) / 1_000;
    if (outcome.kind === 'cancelled' && why !== '') writeLine(terminal.err, why);
    writeLine(terminal.err, receiptSummary(outcome, seconds, execution.redactor));
    return EXIT_OF[outcome.kind];
  } catch (error) {
    if (!isBrokenPipe(terminal, error)) throw error;
    progress.clear();
    writeLine(terminal.err, 'stopped: nobody reads the output any more');
    return EXIT.cancelled;
  } finally {
    forget();
    clearTimeout(timer);
    terminal.out.off('error', onOutput);
  }
}

function isBrokenPipe({ out }: Terminal, error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return true;
  }
  return out.destroyed;
}
