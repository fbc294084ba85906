import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { workspaceRoot } from '../stack/workspace-root';

export type AppName = 'api' | 'worker' | 'scheduler' | 'ingest';

export interface ProcessOptions {
  readonly app: AppName;
  /** The whole environment of the process, but for PATH and HOME; `PORT` is 0 (any) unless given. */
  readonly env: Readonly<Record<string, string>>;
  /** Hears every line that the process writes. */
  readonly onLine?: (line: string) => void;
  /** Milliseconds within which it must be ready. Default 30,000. */
  readonly readyWithinMs?: number;
}

/** A process of Orchid's own, as built. */
export interface OrchidProcess {
  readonly app: AppName;
  readonly pid: number;
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
  /** Its last lines of output, oldest first. */
  readonly lines: readonly string[];
  /** Resolves with the exit code; null when a signal ended it. */
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that does not end it in time. Resolves with the exit code; null when it was killed. */
  stop(withinMs?: number): Promise<number | null>;
}

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 35_000;
const LINES_KEPT = 2_000;

/** Spawns a built app (`npm run build`; `ORCHID_DIST` names another directory than `dist`) and resolves when it is ready. */
export async function startProcess(options: ProcessOptions): Promise<OrchidProcess> {
  const { app, env } = options;
  const root = workspaceRoot(__dirname);
  const main = path.resolve(root, process.env.ORCHID_DIST ?? 'dist', 'apps', app, 'src', 'main.js');
  const child = spawn(process.execPath, ['--enable-source-maps', main], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  endWithThisProcess(child);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const port = await ready(child, options, lines).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  const stop = async (withinMs = STOP_WITHIN_MS): Promise<number | null> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    return exited.finally(() => clearTimeout(timer));
  };
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal);
  return { app, pid: child.pid ?? 0, port, url: `http://127.0.0.1:${port}`, lines, exited, kill, stop };
}

/** A test run that breaks off leaves nothing behind. */
function endWithThisProcess(child: ChildProcess): void {
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

/** Resolves with the port in the line that says the process is ready. */
function ready(child: ChildProcess, options: ProcessOptions, lines: string[]): Promise<number> {
  const { app, onLine, readyWithinMs = READY_WITHIN_MS } = options;
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${app} ${why}\n${lines.slice(-20).join('\n')}`));
    const timer = setTimeout(() => fail(`was not ready within ${readyWithinMs} ms`), readyWithinMs);
    const hear = (line: string): void => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      onLine?.(line);
      const port = portIn(line);
      if (port !== undefined) resolve(port);
    };
    for (const output of [child.stdout, child.stderr]) listen(output, hear);
    child.once('error', (error) => fail(`could not be spawned: ${error.message}`));
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended before it was ready, with code ${code}`);
    });
    child.once('exit', () => clearTimeout(timer));
  });
}

function listen(output: Readable | null, hear: (line: string) => void): void {
  if (output !== null) createInterface({ input: output }).on('line', hear);
}

/** A log line that has a port is the one that says "ready". */
function portIn(line: string): number | undefined {
  if (!line.startsWith('{"') || !line.includes('ready')) return undefined;
  const { port } = JSON.parse(line) as { readonly port?: unknown };
  return typeof port === 'number' ? port : undefined;
}
