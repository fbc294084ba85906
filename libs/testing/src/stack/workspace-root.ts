import { existsSync } from 'node:fs';
import path from 'node:path';

/** The nearest directory above `from` that has a package.json. */
export function workspaceRoot(from: string): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const parent = path.dirname(from);
  return parent === from ? process.cwd() : workspaceRoot(parent);
}
