import { execFileSync, spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import type { ServerAccount } from './server-account';
import { ServiceFailed } from './stack.errors';

/** A process that this stack started. The start time tells it from a later one that was given the same number. */
export interface ProcessRecord {
  readonly pid: number;
  readonly startedAt: string;
  /** The signal that ends it in good order. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT';
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly account?: ServerAccount | undefined;
  readonly stopSignal?: ProcessRecord['stopSignal'];
}

const POLL_EVERY = 50;

/** Starts a server that outlives this process; its output goes to the log file. */
export async function spawnServer(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ProcessRecord> {
  const log = openSync(options.logFile, 'a');
  try {
    if (options.account) chownSync(options.logFile, options.account.uid, options.account.gid);
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(options.account && { uid: options.account.uid, gid: options.account.gid }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const { pid } = child;
    const startedAt = pid === undefined ? undefined : startTimeOf(pid);
    if (pid === undefined || startedAt === undefined) {
      throw new ServiceFailed(`${command} ended at once; its last words:\n${lastWords(options.logFile)}`);
    }
    return { pid, startedAt, stopSignal: options.stopSignal ?? 'SIGTERM' };
  } finally {
    closeSync(log);
  }
}

/** The end of a log file, for a message. */
export function lastWords(logFile: string): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

/** Whether exactly this process is still running. */
export function isRunning(record: Pick<ProcessRecord, 'pid' | 'startedAt'>): boolean {
  return startTimeOf(record.pid) === record.startedAt;
}

/** Ends the process in good order, by force after `patience` milliseconds; resolves when it is gone. */
export async function stopProcess(record: ProcessRecord, patience = 20_000): Promise<void> {
  if (!isRunning(record)) return;
  signal(record.pid, record.stopSignal);
  if (await waitUntilGone(record, patience)) return;
  // The whole group: what the server itself started must not stay behind.
  signal(-record.pid, 'SIGKILL');
  if (!(await waitUntilGone(record, 5_000))) throw new ServiceFailed(`process ${record.pid} cannot be ended`);
}

/** A process that has gone meanwhile is what was wanted. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitUntilGone(record: ProcessRecord, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (isRunning(record)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_EVERY));
  }
  return true;
}

/** A token that differs between two processes with the same number; undefined when none is running. */
export function startTimeOf(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxStartTime(pid) : psStartTime(pid);
}

function linuxStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in brackets may hold anything; state is field 3 and starttime field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function psStartTime(pid: number): string | undefined {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}
