import path from 'node:path';
import { generate } from './generate';
import { BadGeneration } from './names';

try {
  const files = generate(path.resolve(__dirname, '../..'), process.argv.slice(2));
  process.stdout.write(files.map((file) => `${file}\n`).join(''));
} catch (error) {
  if (!(error instanceof BadGeneration)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
