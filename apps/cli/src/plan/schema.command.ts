import { planSchema } from '@orchid/plan';
import { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-code';
import { writeLine, type Terminal } from '../terminal';

const EXAMPLES = `
Examples:
  orchid plan schema > plan.schema.json
  In an editor: put "$schema" into its settings for *.plan.json, not into the plan.

The API serves the same document at /schemas/plan.json.`;

/** `orchid plan schema`. */
export function schemaCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('schema')
    .description("print the plan's JSON Schema, for completion and checks in an editor")
    .addHelpText('after', EXAMPLES)
    .action(() => {
      writeLine(terminal.out, JSON.stringify(planSchema, null, 2));
      finish(EXIT.ok);
    });
}
