import { makeBenchBed, type BenchBed } from './bench-bed';
import { measureMemory, type MemoryFigures } from './memory';
import { ourPull, recordPull } from './our-pull';
import { rawClient, rawPull, type RawClient } from './raw-pull';
import { FAN_OUT, LARGE_PAGES, requestsOf, SMALL_PAGES, type Shape } from './shape';

export interface PullOptions {
  readonly rounds: number;
  /** Multiplies the pages of every shape. */
  readonly scale: number;
  /** Leaves the raw side out: for a profile. */
  readonly oursOnly: boolean;
  readonly log: (line: string) => void;
}

/** Requests per second, medians over the rounds. */
export interface ShapeFigures {
  readonly name: string;
  readonly ours: number;
  readonly raw: number;
  readonly ratio: number;
  /** This process' own work for one request, in microseconds: less at the mercy of what else runs on the machine. */
  readonly ours_cpu_us: number;
  readonly raw_cpu_us: number;
}

export interface PullFigures extends ShapeFigures {
  readonly unit: 'requests/s';
  readonly rounds: number;
  readonly shapes: readonly ShapeFigures[];
  readonly memory: MemoryFigures | null;
}

/** Runs before the first that counts: both sides are slower until they are compiled. */
const WARM_UPS = 2;

/** Measures the worker's path against a bare loop, both in this process, by turns. */
export async function benchPull(options: PullOptions): Promise<PullFigures> {
  const { log, oursOnly, rounds } = options;
  const shapes = await measureShapes(options);
  const memory = oursOnly ? null : await measureMemory();
  if (memory !== null) log(`peak memory: ${memory.pages_100_mb} MB at 100 pages, ${memory.pages_1000_mb} MB at 1,000`);
  const [main] = shapes;
  if (main === undefined) throw new Error('nothing was measured');
  return { ...main, name: 'pull', unit: 'requests/s', rounds, shapes, memory };
}

async function measureShapes(options: PullOptions): Promise<ShapeFigures[]> {
  const { log, oursOnly } = options;
  const bed = await makeBenchBed();
  const figures: ShapeFigures[] = [];
  try {
    const client = await rawClient(bed);
    log(`${'requests/s'.padEnd(30)}${['ours', 'raw', 'ratio', 'CPU us', 'CPU raw'].map(cell).join('')}`);
    for (const shape of oursOnly ? [FAN_OUT] : [FAN_OUT, SMALL_PAGES, LARGE_PAGES]) {
      const scaled = { ...shape, pages: Math.max(2, Math.round(shape.pages * options.scale)) };
      const figure = await measure(bed, client, { shape: scaled, options });
      figures.push(figure);
      const cells = [figure.ours, figure.raw, figure.ratio.toFixed(2), figure.ours_cpu_us, figure.raw_cpu_us];
      log(`${figure.name.padEnd(30)}${cells.map(cell).join('')}`);
    }
    await client.close();
  } finally {
    await bed.remove();
  }
  return figures;
}

async function measure(
  bed: BenchBed,
  client: RawClient,
  { shape, options }: { readonly shape: Shape; readonly options: PullOptions },
): Promise<ShapeFigures> {
  const records = await recordPull(bed, shape);
  const ours = new Side(shape, () => ourPull(bed, shape));
  const raw = new Side(shape, () => rawPull(bed, shape, { client, records }));
  const sides = options.oursOnly ? [ours] : [raw, ours];
  for (let warm = 0; warm < WARM_UPS; warm += 1) for (const side of sides) await side.run();
  for (let round = 0; round < options.rounds; round += 1) {
    for (const side of sides) await side.measure();
    sides.reverse();
  }
  return {
    name: shape.name,
    ours: ours.perSecond,
    raw: raw.perSecond,
    ratio: raw.perSecond === 0 ? 0 : Math.round((ours.perSecond / raw.perSecond) * 100) / 100,
    ours_cpu_us: ours.cpuPerRequest,
    raw_cpu_us: raw.cpuPerRequest,
  };
}

/** One of the two that are compared, and what its runs took. */
class Side {
  private readonly milliseconds: number[] = [];
  private readonly microsecondsOfWork: number[] = [];

  constructor(
    private readonly shape: Shape,
    readonly run: () => Promise<number>,
  ) {}

  async measure(): Promise<void> {
    globalThis.gc?.();
    const before = process.cpuUsage();
    this.milliseconds.push(await this.run());
    const { user, system } = process.cpuUsage(before);
    this.microsecondsOfWork.push(user + system);
  }

  get perSecond(): number {
    const time = median(this.milliseconds);
    return time === 0 ? 0 : Math.round((requestsOf(this.shape) * 1_000) / time);
  }

  get cpuPerRequest(): number {
    return Math.round(median(this.microsecondsOfWork) / requestsOf(this.shape));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function cell(value: number | string): string {
  return String(value).padStart(8);
}
