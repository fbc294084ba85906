import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Starts a file of this folder in a process of its own, built or as it is written. */
export function startChild(name: string, args: readonly string[], flags: readonly string[] = []): ChildProcess {
  const built = path.join(__dirname, `${name}.js`);
  const file = existsSync(built) ? [built] : ['-r', '@swc-node/register', path.join(__dirname, `${name}.ts`)];
  return spawn(process.execPath, [...flags, ...file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The first line that a child prints. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the child has no output');
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error(`${child.spawnargs.join(' ')} printed nothing`)),
  );
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return line;
}
