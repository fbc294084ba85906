import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { failed, sum, tallyOf, type JestReport, type Tally } from './tally';

export interface JestSuite {
  /** One of Jest's projects. */
  readonly project: string;
  readonly args: readonly string[];
  readonly root: string;
  /** Milliseconds after which a suite that still runs is ended and failed. */
  readonly timeoutMs?: number;
  /** Milliseconds that a suite may go on after its last test. */
  readonly lingerMs?: number;
  /** Whether progress is left out. */
  readonly quiet?: boolean;
  readonly onSpawn?: (child: ChildProcess) => void;
}

const TIMEOUT_MS = 15 * 60_000;
const LINGER_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** Runs one of Jest's projects in a process of its own, its progress on standard error, and counts what came of it. */
export async function runJestSuite(suite: JestSuite): Promise<Tally> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'orchid-test-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    const { trouble, code } = await runJest(suite, reportFile);
    const tally = existsSync(reportFile)
      ? tallyOf(JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport, suite.root)
      : failed(suite.project, `the suite could not run (exit code ${code})`);
    if (trouble !== undefined) return sum([tally, failed(suite.project, trouble)]);
    // Jest has reasons of its own to fail, such as a coverage threshold or a crashed worker.
    if (code !== 0 && tally.failures.length === 0)
      return sum([tally, failed(suite.project, `jest exited with code ${code}`)]);
    return tally;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Ending {
  readonly code: number | null;
  readonly trouble: string | undefined;
}

function runJest(
  { project, args, root, quiet = false, onSpawn, ...limits }: JestSuite,
  reportFile: string,
): Promise<Ending> {
  const jest = require.resolve('jest/bin/jest');
  const options = ['--json', `--outputFile=${reportFile}`, '--passWithNoTests', '--selectProjects', project];
  const child = spawn(process.execPath, [jest, ...args, ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', quiet ? 'ignore' : 'inherit'],
  });
  onSpawn?.(child);
  return watch(child, reportFile, limits);
}

/** Jest waits for whatever its tests left open, for ever: that is a failure too, but one that must come to an end. */
function watch(
  child: ChildProcess,
  reportFile: string,
  limits: Pick<JestSuite, 'timeoutMs' | 'lingerMs'>,
): Promise<Ending> {
  const { timeoutMs = TIMEOUT_MS, lingerMs = LINGER_MS } = limits;
  const started = performance.now();
  let reportedAt: number | undefined;
  let trouble: string | undefined;
  const look = setInterval(() => {
    const now = performance.now();
    if (reportedAt === undefined && existsSync(reportFile)) reportedAt = now;
    if (reportedAt !== undefined && now - reportedAt > lingerMs)
      trouble = 'a test left something open: jest did not exit after the last test';
    else if (now - started > timeoutMs) trouble = `did not end within ${Math.round(timeoutMs / 1_000)} s`;
    if (trouble !== undefined) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve({ code, trouble }));
  }).finally(() => clearInterval(look)) as Promise<Ending>;
}
