import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { StubApiOptions } from '@orchid/testing';

export interface StubProcess {
  readonly url: string;
  readonly authority: string;
  stop(): Promise<void>;
}

const MAIN = path.resolve(__dirname, '../../../libs/testing/src/stub-api/main.js');

/** The stub API in a process of its own: it must not share the event loop that is measured. */
export async function startStubProcess(options: StubApiOptions): Promise<StubProcess> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, PORT: '0', STUB_OPTIONS: JSON.stringify(options) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  process.once('exit', () => void child.kill());
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url, port } = JSON.parse(line) as { url: string; port: number };
  return {
    url,
    authority: `127.0.0.1:${port}`,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
