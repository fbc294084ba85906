import { Command } from 'commander';
import { cliSettings } from '../cli-settings';
import { EXIT, type ExitCode } from '../exit-code';
import { readObject, readText } from '../read-json-file';
import { writeLine, type Terminal } from '../terminal';
import { planCaps } from '@orchid/plan';
import { checkPlan, schemaOf, type CheckedPlan } from './check-plan';
import { faultReport } from './fault-report';

interface ValidateOptions {
  readonly configSchema?: string;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  orchid plan validate contacts.json
  orchid plan validate contacts.json --config-schema integration.json
  orchid plan validate contacts.json --json | jq '.errors[].path'

Exit codes: 0 valid, 1 invalid, 2 the file is missing or no JSON.`;

/** `orchid plan validate`. */
export function validateCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('validate')
    .description('check a plan and name everything that is wrong with it')
    .argument('<file>', 'the plan, or - for standard input')
    .option('--config-schema <file>', "the config's JSON Schema, or the integration: names unknown config fields")
    .option('--json', 'for programs: {valid, errors, warnings, canonical}')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: ValidateOptions) => {
      const checked = check(file, options, terminal);
      const text = options.json === true ? jsonReport(checked) : faultReport(file, checked);
      writeLine(terminal.out, text);
      finish(checked.errors.length === 0 ? EXIT.ok : EXIT.failed);
    });
}

function check(file: string, options: ValidateOptions, terminal: Terminal): CheckedPlan {
  const { limits } = cliSettings(terminal.env);
  const schema = options.configSchema;
  return checkPlan(file, readText(file), {
    caps: planCaps(limits),
    ...(schema !== undefined && { configSchema: schemaOf(readObject(schema, 'the schema')) }),
  });
}

function jsonReport({ errors, warnings, canonical }: CheckedPlan): string {
  return JSON.stringify({ valid: errors.length === 0, errors, warnings, canonical }, null, 2);
}
