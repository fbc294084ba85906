import { requiredServices } from './borrowed-stack';
import { EMPTY, failed, failureLines, objection, sum, summaryLine, tallyOf, type JestReport } from './tally';

const report: JestReport = {
  numPassedTests: 3,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults: [
    {
      name: '/w/libs/a/src/a.spec.ts',
      message: 'all of the output',
      assertionResults: [
        { status: 'passed', fullName: 'a is good', failureMessages: [] },
        { status: 'failed', fullName: 'a is bad', failureMessages: ['\u001B[31mexpected 1\u001B[39m\n  at a.spec.ts'] },
      ],
    },
    { name: '/w/libs/b/src/b.spec.ts', message: 'Cannot find module', assertionResults: [] },
  ],
};

describe('tallyOf', () => {
  it('counts failed tests and files that could not run', () => {
    expect(tallyOf(report, '/w')).toEqual({
      passed: 3,
      skipped: 3,
      failures: [
        { where: 'libs/a/src/a.spec.ts', what: 'a is bad\nexpected 1\n  at a.spec.ts' },
        { where: 'libs/b/src/b.spec.ts', what: 'could not run\nCannot find module' },
      ],
    });
  });
});

describe('a run', () => {
  it('ends with one line about everything', () => {
    const all = sum([
      tallyOf(report, '/w'),
      failed('build', 'npm run build exited with code 1'),
      { ...EMPTY, passed: 4 },
    ]);
    expect(summaryLine(all)).toBe('7 passed, 3 failed, 3 skipped');
    expect(failureLines(all.failures, 1)).toEqual([
      '',
      'FAILED libs/a/src/a.spec.ts',
      '  a is bad',
      '    expected 1',
      '',
      'FAILED libs/b/src/b.spec.ts',
      '  could not run',
      '    Cannot find module',
      '',
      'FAILED build',
      '  npm run build exited with code 1',
    ]);
  });

  it.each([
    [{ ...EMPTY, passed: 1 }, true, undefined],
    [{ ...EMPTY, passed: 1, skipped: 1 }, false, undefined],
    [{ ...EMPTY, passed: 1, skipped: 1 }, true, 'something was skipped, and CI is set'],
    [failed('x', 'y'), false, 'something failed'],
    [EMPTY, false, 'no test ran'],
  ])('is judged: %j with CI %s', (tally, isCi, expected) => {
    expect(objection(tally, isCi)).toBe(expected);
  });
});

describe('requiredServices', () => {
  it('reads a list and refuses a name that is no service', () => {
    expect(requiredServices(' kafka, rabbitmq')).toEqual(['kafka', 'rabbitmq']);
    expect(requiredServices('')).toEqual([]);
    expect(() => requiredServices('kafak')).toThrow('kafak');
  });
});
