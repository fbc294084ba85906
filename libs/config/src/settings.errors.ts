import { OrchidError } from '@orchid/kernel';

/** One setting that cannot be used. Holds no value: it may be a secret. */
export interface SettingProblem {
  /** The environment variable or the YAML key. */
  readonly name: string;
  readonly problem: string;
  /** The accepted form, where the value was the trouble. */
  readonly accepts?: string;
  readonly source?: string;
}

/** The settings cannot be used (`invalid_settings`): `problems` lists every bad one. */
export class SettingsError extends OrchidError {
  readonly problems: readonly SettingProblem[];

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map((problem) => `  - ${describe(problem)}`);
    super(['Orchid cannot start with these settings:', ...lines].join('\n'), {
      code: 'invalid_settings',
      type: 'config',
    });
    this.problems = problems;
  }
}

function describe({ name, problem, accepts, source }: SettingProblem): string {
  const where = source === undefined ? name : `${name} (${source})`;
  return accepts === undefined ? `${where} ${problem}.` : `${where} ${problem}. Accepted: ${accepts}.`;
}
