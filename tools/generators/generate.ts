import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BadGeneration, namesOf } from './names';
import { adrFiles, libFiles, storeFiles, useCaseFiles, type Files, type Layer } from './templates';

export const USAGE = `npm run generate -- <what> <name> [where]
  lib <name> [adapter|domain|platform]   a library in libs/<name>; domain unless said
  use-case <name> <folder>               a use case and its spec
  store <name> <folder>                  a port, its memory implementation, its contract suite
  adr <name>                             the next decision record`;

const LAYERS: readonly Layer[] = ['adapter', 'domain', 'platform'];

/** Writes the files of one shape below \`root\` and returns their paths. Overwrites nothing: throws {@link BadGeneration} instead. */
export function generate(root: string, args: readonly string[]): string[] {
  const files = filesFor(root, args);
  const taken = Object.keys(files).filter((file) => existsSync(path.join(root, file)));
  if (taken.length > 0) throw new BadGeneration(`There is already ${taken.join(', ')}.`);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return Object.keys(files);
}

function filesFor(root: string, [what, name, where]: readonly string[]): Files {
  if (what === undefined || name === undefined) throw new BadGeneration(USAGE);
  const names = namesOf(name);
  switch (what) {
    case 'lib':
      return libFiles(names, layerFrom(where ?? 'domain'));
    case 'use-case':
      return useCaseFiles(names, folderFrom(where));
    case 'store':
      return storeFiles(names, folderFrom(where));
    case 'adr':
      return adrFiles(names, nextRecord(root));
    default:
      throw new BadGeneration(USAGE);
  }
}

function layerFrom(given: string): Layer {
  const layer = LAYERS.find((each) => each === given);
  if (layer === undefined) throw new BadGeneration(`${given} is none of the layers ${LAYERS.join(', ')}.`);
  return layer;
}

/** Below apps or libs, where the layers are known. */
function folderFrom(given: string | undefined): string {
  const folder = path.posix.normalize(given ?? '').replace(/\/$/, '');
  if (!/^(apps|libs)\/[^/]+\/src(\/|$)/.test(folder))
    throw new BadGeneration(`Say where: a folder such as apps/api/src/plans.\n${USAGE}`);
  return folder;
}

function nextRecord(root: string): number {
  const folder = path.join(root, 'docs/adr');
  const records = existsSync(folder) ? readdirSync(folder) : [];
  return Math.max(0, ...records.map((file) => Number(/^(\d{4})-/.exec(file)?.[1] ?? 0))) + 1;
}
