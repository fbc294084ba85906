import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

export interface MemoryFigures {
  readonly pages_100_mb: number;
  readonly pages_1000_mb: number;
}

const CHILD = path.join(__dirname, 'memory-child.js');

/** Peak resident memory of a process that pulls pages of 20 KB: a long pull must not need more than a short one. */
export async function measureMemory(): Promise<MemoryFigures> {
  return { pages_100_mb: await peakOf(100), pages_1000_mb: await peakOf(1_000) };
}

async function peakOf(pages: number): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, String(pages)]);
  return Number(stdout);
}
