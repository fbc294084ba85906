/** The part of Jest's `--json` report that is used. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

export interface Failure {
  readonly where: string;
  readonly what: string;
}

/** What came of some tests. A file or a whole suite that could not run is one failure. */
export interface Tally {
  readonly passed: number;
  readonly skipped: number;
  readonly failures: readonly Failure[];
}

export const EMPTY: Tally = { passed: 0, skipped: 0, failures: [] };
const COLOR_CODES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

export function tallyOf(report: JestReport, root: string): Tally {
  const failures = report.testResults.flatMap(({ name, message, assertionResults }) => {
    const where = name.startsWith(`${root}/`) ? name.slice(root.length + 1) : name;
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    // A file that does not compile, or fails outside its tests, has a message and no failed test.
    if (failed.length === 0 && message !== '') return [{ where, what: `could not run\n${plain(message)}` }];
    return failed.map((test) => ({
      where,
      what: `${test.fullName}\n${plain((test.failureMessages ?? []).join('\n'))}`,
    }));
  });
  return { passed: report.numPassedTests, skipped: report.numPendingTests + report.numTodoTests, failures };
}

export function failed(where: string, what: string): Tally {
  return { ...EMPTY, failures: [{ where, what }] };
}

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, each) => ({
      passed: all.passed + each.passed,
      skipped: all.skipped + each.skipped,
      failures: [...all.failures, ...each.failures],
    }),
    EMPTY,
  );
}

/** The line that ends every run; scripts read it. */
export function summaryLine({ passed, failures, skipped }: Tally): string {
  return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
}

/** Why a run is no success; `undefined` when it is one. In CI a skipped test counts as one that nobody ran. */
export function objection({ passed, failures, skipped }: Tally, isCi: boolean): string | undefined {
  if (failures.length > 0) return 'something failed';
  if (isCi && skipped > 0) return 'something was skipped, and CI is set';
  return passed === 0 ? 'no test ran' : undefined;
}

/** The failures once more, each with the first lines of its message. */
export function failureLines(failures: readonly Failure[], linesEach = 25): string[] {
  return failures.flatMap(({ where, what }) => {
    const [title = '', ...rest] = what.split('\n');
    return ['', `FAILED ${where}`, `  ${title}`, ...rest.slice(0, linesEach).map((line) => `    ${line}`.trimEnd())];
  });
}

function plain(message: string): string {
  return message.replaceAll(COLOR_CODES, '').trim();
}
