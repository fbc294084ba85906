import { benchPull } from './pull/bench-pull';

/** `npm run bench -- pull [--json] [--rounds 5] [--scale 1] [--ours-only]`. With `--json` the last line is one object. */
async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  if (name !== 'pull') {
    process.stderr.write('usage: npm run bench -- pull [--json] [--rounds 5] [--scale 1] [--ours-only]\n');
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
