import { Command } from 'commander';
import type { ExitCode } from '../exit-code';
import type { Terminal } from '../terminal';
import { duration, hostAndPort, positiveInteger } from './option-values';
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
