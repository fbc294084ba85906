import { Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from '../exit-code';
import type { Terminal } from '../terminal';
import { runPlan, type RunOptions } from './run-plan';

const EXAMPLES = `
Examples:
  orchid plan run contacts.json --config config.json > messages.ndjson
  orchid plan run contacts.json --config config.json --auth-flow oauth.json --max-requests 3 | jq .response_body
  orchid plan run contacts.json --config config.json --allow-private localhost:8080

Messages go to standard output, one JSON object a line: execution.started, every message of
api-responses and api-errors, execution.completed with the receipt. Progress and the summary go
to standard error. Nothing is stored; a wait for a rate limit happens in this process.

Config values are secrets where the integration's schema says so; without --integration every
value whose name has password, secret, token, key or credential in it.

Exit codes: 0 success, 1 failed, 2 wrong usage or an invalid plan, 3 aborted by the plan,
4 stopped before the end (Ctrl-C, --max-requests, --timeout, a closed pipe), 78 a bad setting.`;

/** `orchid plan run`. */
export function runCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('run')
    .description('run a plan once, here, and print its messages')
    .argument('<file>', 'the plan, or - for standard input')
    .option('--config <file>', 'the values the plan reads as config: a JSON object')
    .option(
      '--integration <file>',
      'the integration, or its config_schema: checks values, fills in defaults, knows secrets',
    )
    .option('--auth-flow <file...>', 'the auth flows of the integration')
    .option('--context <file>', 'what earlier executions stored: a JSON object')
    .option('--max-requests <n>', 'stop before the request after these', positiveInteger)
    .option(
      '--allow-private <host:port...>',
      'private or loopback destinations, and other ports, that may be called',
      hostAndPort,
    )
    .option('--timeout <duration>', 'stop after this time: 30s, 5m, 1h', duration)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: RunOptions) => finish(await runPlan(file, options, terminal)));
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

const HOST_AND_PORT = /^(?:\[[^\]\s]+\]|[^\s:]+):(?:\d{1,5}|\*)$/;

function hostAndPort(text: string, before: readonly string[] = []): string[] {
  if (!HOST_AND_PORT.test(text)) throw new InvalidArgumentError('It must be host:port, such as localhost:8080.');
  return [...before, text];
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+)(ms|s|m|h)?$/.exec(text) ?? [];
  const value = Number(number) * (UNITS[unit] ?? 0);
  if (number === '' || value === 0 || value > LONGEST_TIMER_MS) {
    throw new InvalidArgumentError('It must be a time such as 30s, 5m or 1h.');
  }
  return value;
}
