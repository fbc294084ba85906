import { firstLine, startChild } from './start-child';
import type { Mode } from './modes';
import type { ModeFigures } from './pull-child';

export interface BigPageFigures {
  readonly name: 'big-page';
  readonly page_mb: number;
  readonly modes: readonly ModeFigures[];
}

/** Records of one JSON page of 10 MiB, and of a body read by the row. */
const PAGE_RECORDS = 100_000;
const PAGE_MB = 10.4;
const ROWS = 1_000_000;

/** Measures what a very large answer costs in memory, and how long it keeps a process from anything else. */
export async function benchBigPage(log: (line: string) => void): Promise<BigPageFigures> {
  log(
    `${'mode'.padEnd(10)}${['ms', 'blocked', 'p99', 'p50', 'RSS MB', 'grown', 'heap', 'messages'].map(cell).join('')}`,
  );
  const modes = await pullEach(
    [
      ...(['plain', 'page', 'record'] as const).map((mode) => ({ mode, count: PAGE_RECORDS })),
      ...(['rows', 'resume'] as const).map((mode) => ({ mode, count: ROWS })),
    ],
    (each) => {
      const { blocked_max_ms: most, blocked_p99_ms: p99, blocked_p50_ms: p50 } = each;
      const cells = [each.ms, most, p99, p50, each.peak_rss_mb, each.grown_rss_mb, each.grown_heap_mb, each.messages];
      log(`${each.mode.padEnd(10)}${cells.map(cell).join('')}`);
    },
  );
  return { name: 'big-page', page_mb: PAGE_MB, modes };
}

/** Pulls each in a process of its own, one after the other, from one server. */
export async function pullEach(
  pulls: readonly { readonly mode: Mode; readonly count: number }[],
  onPulled: (figures: ModeFigures) => void = () => undefined,
): Promise<ModeFigures[]> {
  const server = startChild('export-server', []);
  try {
    const port = await firstLine(server);
    const figures: ModeFigures[] = [];
    for (const { mode, count } of pulls) {
      const line = await firstLine(startChild('pull-child', [mode, port, String(count)]));
      const pulled = JSON.parse(line) as ModeFigures;
      figures.push(pulled);
      onPulled(pulled);
    }
    return figures;
  } finally {
    server.kill();
  }
}

function cell(value: number | string): string {
  return String(value).padStart(9);
}
