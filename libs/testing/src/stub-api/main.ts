import { startStubApi } from './stub-api';
import type { StubApiOptions } from './stub-api.types';

/**
 * The stub API as a process of its own. `PORT` (0 is any) and `STUB_OPTIONS` (a JSON object of options); prints
 * `{"url": ..., "port": ...}` as one line when it listens, and ends on SIGTERM or SIGINT.
 */
async function main(): Promise<void> {
  const options = JSON.parse(process.env.STUB_OPTIONS ?? '{}') as StubApiOptions;
  const api = await startStubApi({ ...options, port: Number(process.env.PORT ?? options.port ?? 0) });
  process.stdout.write(`${JSON.stringify({ url: api.url, port: api.port })}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void api.close());
}

void main();
