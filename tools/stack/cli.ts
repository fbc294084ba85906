import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { OrchidError } from '@orchid/kernel';
import { maskPassword } from './messages';
import { SERVICE_NAMES, type ServiceName } from './stack-service';
import { readStack, stackDirectory } from './stack-state';
import { isUsable, stackStatus, type StackStatus } from './stack-status';
import { startStack } from './start-stack';
import { stopStack } from './stop-stack';

/** Where the command line writes and what it leaves as exit code; a test hands in its own. */
export interface Terminal {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const NOT_USABLE = 3;

/** Runs one command line of `npm run stack` and resolves to its exit code. */
export async function runStackCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const program = new Command('stack')
    .description('PostgreSQL, Redis, Kafka and RabbitMQ for development and tests.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  program
    .command('up')
    .description('start what does not run yet')
    .option('--services <names>', 'only these', serviceNames)
    .option('--require <names>', 'fail without these too', serviceNames)
    .action(async (options: { services?: ServiceName[]; require?: ServiceName[] }) => {
      const required = [...(options.require ?? []), ...serviceNames(process.env.ORCHID_REQUIRE ?? '')];
      const services = options.services && { services: options.services };
      const state = await startStack({ ...services, required, log: terminal.err });
      terminal.err(`broker     ${state.broker}`);
    });
  program
    .command('down')
    .description('stop what this stack started')
    .option('--services <names>', 'only these', serviceNames)
    .option('--purge', 'delete all data too')
    .action(async (options: { services?: ServiceName[]; purge?: boolean }) => {
      await stopStack({ ...options, log: terminal.err });
    });
  program
    .command('status')
    .description('ask every service; exit code 3 when PostgreSQL or Redis is down')
    .option('--json', 'for programs')
    .action(async (options: { json?: boolean }) => {
      const status = await stackStatus(readStack(stackDirectory()));
      terminal.out(options.json === true ? JSON.stringify(status, null, 2) : describe(status));
      if (!isUsable(status)) code = NOT_USABLE;
    });
  program
    .command('env')
    .description('the settings as shell exports')
    .action(() => {
      for (const [name, value] of Object.entries(readStack()?.env ?? {})) terminal.out(`export ${name}='${value}'`);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof OrchidError)) throw error;
    terminal.err(error.message);
    code = 1;
  }
  return code;
}

function serviceNames(list: string): ServiceName[] {
  const names = list.split(',').map((name) => name.trim());
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const known = SERVICE_NAMES.find((service) => service === name);
      if (known === undefined) throw new InvalidArgumentError(`"${name}" is none of ${SERVICE_NAMES.join(', ')}.`);
      return known;
    });
}

function describe({ services, broker }: StackStatus): string {
  const lines = SERVICE_NAMES.map((name) => {
    const { status, origin, url, version } = services[name];
    const where = url === undefined ? '' : `${maskPassword(url)}  (${[origin, version].filter(Boolean).join(' ')})`;
    return `${name.padEnd(10)} ${status.padEnd(5)} ${where}`.trimEnd();
  });
  return [...lines, `broker     ${broker}`].join('\n');
}
