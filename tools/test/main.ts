import path from 'node:path';
import { runTests } from './run-tests';
import { failureLines, objection, summaryLine } from './tally';

const root = path.resolve(__dirname, '../..');
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm test [-- paths and options for Jest]`. The last line of output is always the summary. */
async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const tally = await runTests({ root, args, required: process.env.ORCHID_REQUIRE ?? '', log: print });
  for (const line of failureLines(tally.failures)) print(line);
  const trouble = objection(tally, process.env.CI === 'true');
  print(trouble === undefined ? '' : `\nnot good: ${trouble}`);
  print(summaryLine(tally));
  process.exitCode = trouble === undefined ? 0 : 1;
}

void main();
