import {
  explainPlan,
  planCaps,
  validatePlan,
  type LimitExplanation,
  type PlanExplanation,
  type StepExplanation,
} from '@orchid/plan';
import { Command } from 'commander';
import { cliSettings } from '../cli-settings';
import { EXIT, type ExitCode } from '../exit-code';
import { readText } from '../read-json-file';
import { writeLine, type Terminal } from '../terminal';
import { checkPlan } from './check-plan';
import { faultReport } from './fault-report';

const EXAMPLES = `
Examples:
  orchid plan explain contacts.json
  orchid plan explain contacts.json --json | jq '.steps[].worst_case'

Exit codes: 0 explained, 1 the plan is invalid, 2 the file is missing or no JSON.`;

/** `orchid plan explain`. */
export function explainCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('explain')
    .description('tell how a plan is understood: expressions, limits, requests per page, warnings')
    .argument('<file>', 'the plan, or - for standard input')
    .option('--json', 'for programs')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: { readonly json?: boolean }) => {
      const caps = planCaps(cliSettings(terminal.env).limits);
      const checked = checkPlan(file, readText(file), { caps });
      const validation = checked.document === null ? null : validatePlan(checked.document, { caps });
      if (validation?.ok !== true) {
        writeLine(terminal.out, faultReport(file, checked));
        finish(EXIT.failed);
        return;
      }
      const explanation = explainPlan(validation);
      if (options.json === true) writeLine(terminal.out, JSON.stringify(explanation, null, 2));
      else writeLine(terminal.out, `${explanationText(explanation)}\n\n${faultReport(file, checked)}`);
      finish(EXIT.ok);
    });
}

function explanationText({ key, expressions, steps }: PlanExplanation): string {
  const read = expressions.map(({ path, source, canonical }) =>
    source === canonical ? `  ${path}\n      ${source}` : `  ${path}\n      ${source}\n    = ${canonical}`,
  );
  return [`Plan ${key}`, '', 'Steps', ...steps.map(stepText), '', 'Expressions', ...read].join('\n');
}

function stepText(step: StepExplanation): string {
  const passes = step.max_passes === 1 ? 'one pass' : `at most ${step.max_passes} passes`;
  const limits = step.limits.map(limitText).join('; ');
  return [
    `  ${step.step_path}: ${step.request ?? 'sends nothing'} (${step.runs}, ${passes})`,
    `      requests per page: ${step.requests_per_page}; with every retry: ${step.worst_case}`,
    `      limits: ${limits === '' ? 'none' : limits}`,
  ].join('\n');
}

function limitText({ name, scope, requests, window_secs, max_concurrent }: LimitExplanation): string {
  const rate = requests === null ? [] : [`${requests} in ${window_secs ?? '?'} s`];
  const concurrent = max_concurrent === null ? [] : [`${max_concurrent} at once`];
  return `${name} (${scope}: ${[...rate, ...concurrent].join(', ')})`;
}
