import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SettingsError } from '@orchid/config';
import { OrchidError } from '@orchid/kernel';
import { Command, CommanderError } from 'commander';
import { configCommand } from './config.command';
import { EXIT, type ExitCode } from './exit-code';
import { migrateCommand } from './migrate.command';
import { explainCommand } from './plan/explain.command';
import { previewCommand } from './plan/preview.command';
import { runCommand } from './plan/run.command';
import { schemaCommand } from './plan/schema.command';
import { validateCommand } from './plan/validate.command';
import { writeLine, type Terminal } from './terminal';
import { UsageError } from './usage.errors';

/** Runs one command line of `orchid` and resolves to its exit code. Throws only at a defect. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const finish = (result: ExitCode) => {
    code = result;
  };
  const plan = new Command('plan')
    .description('check and run plans on this machine')
    .addCommand(validateCommand(terminal, finish))
    .addCommand(explainCommand(terminal, finish))
    .addCommand(previewCommand(terminal, finish))
    .addCommand(runCommand(terminal, finish))
    .addCommand(schemaCommand(terminal, finish));
  const program = new Command('orchid')
    .description("Reads other companies' APIs by declarative plans and publishes the answers.")
    .version(version(), '-V, --version', 'print the version')
    .addCommand(plan)
    .addCommand(configCommand(terminal, finish))
    .addCommand(migrateCommand(terminal, finish));
  // Its own program, which the launcher starts: it comes with a checkout only.
  program.command('stack').description('start and stop PostgreSQL, Redis and Kafka for development (in a checkout)');
  quietly(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    return explain(error, terminal);
  }
  return code;
}

/** Errors and help go to the terminal at hand, and nothing ends the process. */
function quietly(command: Command, terminal: Terminal, path = command.name()): void {
  command
    .exitOverride()
    .showHelpAfterError(`(${path} --help says more)`)
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
    });
  for (const child of command.commands) quietly(child, terminal, `${path} ${child.name()}`);
}

function explain(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (!(error instanceof OrchidError)) throw error;
  writeLine(terminal.err, error.message);
  if (error instanceof SettingsError) return EXIT.settings;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

function version(from = __dirname): string {
  const file = path.join(from, 'package.json');
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string; readonly version?: string };
    if (found.name === 'orchid' && found.version !== undefined) return found.version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const parent = path.dirname(from);
  return parent === from ? 'unknown' : version(parent);
}
