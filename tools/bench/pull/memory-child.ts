import { makeBenchBed } from './bench-bed';
import { ourPull } from './our-pull';
import { LARGE_PAGES } from './shape';

const KIBIBYTES_PER_MEGABYTE = 1_000_000 / 1_024;

/** Pulls as many pages as its argument says and prints its own peak resident memory in megabytes. */
async function main(): Promise<void> {
  const bed = await makeBenchBed();
  await ourPull(bed, { ...LARGE_PAGES, pages: Number(process.argv[2]) });
  process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / KIBIBYTES_PER_MEGABYTE)));
  await bed.remove();
}

void main();
