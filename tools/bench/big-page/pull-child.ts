import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { UndiciHttpClient } from '@orchid/http-client';
import { sampleMemory } from './memory-samples';
import { runMode, type Mode, type ModeResult } from './run-mode';

export interface ModeFigures extends ModeResult {
  readonly mode: Mode;
  readonly ms: number;
  /** Between two turns of the event loop. */
  readonly blocked_max_ms: number;
  readonly blocked_p99_ms: number;
  readonly blocked_p50_ms: number;
  readonly peak_rss_mb: number;
  /** Above the idle process. */
  readonly grown_rss_mb: number;
  readonly grown_heap_mb: number;
}

const NANOSECONDS = 1_000_000;
const MEGABYTE = 1_000_000;

/** `pull-child <mode> <port> <count>`: pulls once and prints what it took. */
async function main(): Promise<void> {
  const [mode = 'record', port = '', count = ''] = process.argv.slice(2);
  const http = new UndiciHttpClient({
    guard: { allow: [`127.0.0.1:${port}`] },
    userAgent: 'orchid/bench',
    maxConnectionsPerOrigin: 4,
  });
  const pull = (records: number) =>
    runMode({ mode: mode as Mode, http, baseUrl: `http://127.0.0.1:${port}`, count: records });
  const memory = sampleMemory();
  // Compiles what the measured pull is going to use.
  await pull(2_000);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const began = performance.now();
  const result = await pull(Number(count));
  const took = performance.now() - began;
  // The last turn of the event loop counts as well.
  await setTimeout(50);
  delay.disable();
  const peaks = memory.stop();
  const milliseconds = (nanoseconds: number) => Math.round(nanoseconds / NANOSECONDS);
  const figures: ModeFigures = {
    mode: mode as Mode,
    ms: Math.round(took),
    blocked_max_ms: milliseconds(delay.max),
    blocked_p99_ms: milliseconds(delay.percentile(99)),
    blocked_p50_ms: milliseconds(delay.percentile(50)),
    peak_rss_mb: Math.round(peaks.rss / MEGABYTE),
    grown_rss_mb: Math.round((peaks.rss - peaks.rssBefore) / MEGABYTE),
    grown_heap_mb: Math.round((peaks.heap - peaks.heapBefore) / MEGABYTE),
    ...result,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  await http.close();
  process.exit();
}

void main();
