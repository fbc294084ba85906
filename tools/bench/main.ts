import { benchBigPage } from './big-page/bench-big-page';
import { benchExpressions } from './expressions/bench-expressions';
import { benchPull } from './pull/bench-pull';

/** `npm run bench -- pull [--json] [--rounds 5] [--scale 1] [--ours-only]`. With `--json` the last line is one object. */
async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const others: Record<string, () => Promise<object>> = {
    'big-page': () => benchBigPage(log),
    expressions: () => benchExpressions(log),
  };
  const other = others[name ?? ''];
  if (other !== undefined) {
    const figures = await other();
    if (args.includes('--json')) log(JSON.stringify(figures));
    return;
  }
  if (name !== 'pull') {
    process.stderr.write(
      'usage: npm run bench -- pull [--json] [--rounds 5] [--scale 1] [--ours-only] | big-page [--json] | expressions [--json]\n',
    );
    process.exitCode = 2;
    return;
  }
  const number = (option: string, otherwise: number): number => {
    const at = args.indexOf(option);
    return at === -1 ? otherwise : Number(args[at + 1]);
  };
  const result = await benchPull({
    rounds: number('--rounds', 5),
    scale: number('--scale', 1),
    oursOnly: args.includes('--ours-only'),
    log: (line) => void process.stdout.write(`${line}\n`),
  });
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(result)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
});
