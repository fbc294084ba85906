import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRunning, startTimeOf } from './server-process';
import { ServiceFailed } from './stack.errors';

const LOOK_EVERY = 100;
const PATIENCE = 600_000;

/** Runs `work` while no other process works on the same state directory; waits for its turn. */
export async function withStackLock<T>(
  directory: string,
  log: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const lock = path.join(directory, 'lock');
  try {
    mkdirSync(directory, { recursive: true });
    await acquire(lock, log);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EACCES') throw cause;
    throw new ServiceFailed(
      `${directory} belongs to another user: set ORCHID_STACK_DIR to a folder of your own`,
      cause,
    );
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function acquire(lock: string, log: (line: string) => void): Promise<void> {
  const claim = `${lock}.${randomUUID()}`;
  writeFileSync(claim, JSON.stringify({ pid: process.pid, startedAt: startTimeOf(process.pid) }));
  const deadline = Date.now() + PATIENCE;
  let told = false;
  try {
    // A link to a finished file: nobody ever reads a lock that is half written.
    while (!tryLink(claim, lock)) {
      if (removeIfStale(lock)) continue;
      if (!told) log('another process is working on this stack: waiting for it');
      told = true;
      if (Date.now() > deadline) throw new ServiceFailed(`${lock} is held for too long`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    }
  } finally {
    rmSync(claim, { force: true });
  }
}

function tryLink(claim: string, lock: string): boolean {
  try {
    linkSync(claim, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away the lock of a process that has died; true when the lock is gone. */
function removeIfStale(lock: string): boolean {
  const holder = read(lock);
  if (holder === undefined) return true;
  if (isHeld(holder)) return false;
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch {
    return true;
  }
  // Between reading and renaming another process may have done the same and taken the lock: give it back.
  if (read(aside) !== holder) tryLink(aside, lock);
  rmSync(aside, { force: true });
  return true;
}

function isHeld(holder: string): boolean {
  const { pid, startedAt } = JSON.parse(holder) as { pid: number; startedAt: string };
  return isRunning({ pid, startedAt });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
