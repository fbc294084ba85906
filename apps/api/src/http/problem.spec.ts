import { HttpException } from '@nestjs/common';
import { OrchidError } from '@orchid/kernel';
import { expectedRevision } from './entity-tag';
import { tellProblem } from './problem';
import { BadRequest, InvalidDocument } from './request.errors';

const SECRET = 'canary-5f2d8c1e';

describe('tellProblem', () => {
  test.each<[string, unknown]>([
    ['an error of nobody', new Error(`password ${SECRET}`)],
    ['something that is no error', SECRET],
    [
      'an error of ours that is not for clients',
      new OrchidError(SECRET, { code: 'database_fault', details: { SECRET } }),
    ],
    ['an exception of the framework', new HttpException(SECRET, 500)],
    ['a foreign error with a status of its own', Object.assign(new Error(SECRET), { status: 400 })],
  ])('%s is a 500 that says nothing', (_what, error) => {
    const { problem, isDefect } = tellProblem(error, '/x');
    expect([problem.status, problem.code, isDefect]).toEqual([500, 'internal_error', true]);
    expect(JSON.stringify(problem)).not.toContain(SECRET);
  });

  test('a database that is away is told without its address', () => {
    const error = new OrchidError(`The database is not available: ${SECRET}`, { code: 'database_unavailable' });
    const { problem, retryAfter } = tellProblem(error, '/x');
    expect([problem.status, retryAfter, problem.detail]).toEqual([503, 2, 'The database is not available.']);
    expect(JSON.stringify(problem)).not.toContain(SECRET);
  });

  test('facts become members, and take the place of none', () => {
    const details = { executionId: 'e', status: 'running', type: 'x' };
    const { problem } = tellProblem(new OrchidError('Waiting.', { code: 'already_queued', details }), '/x');
    expect(problem).toMatchObject({ execution_id: 'e', status: 409, type: 'urn:orchid:problem:already_queued' });
    expect(problem.errors).toEqual([
      expect.objectContaining({ path: '$', code: 'already_queued', message: 'Waiting.' }),
    ]);
  });

  test('every fault is told', () => {
    const faults = ['a', 'b'].map((name) => ({ path: `$.${name}`, code: 'required', message: `${name} is missing.` }));
    expect(tellProblem(new InvalidDocument(faults), '/x').problem).toMatchObject({ status: 422, errors: faults });
    expect(tellProblem(new BadRequest('invalid_query', 'No.', faults), '/x').problem).toMatchObject({
      status: 400,
      errors: faults,
    });
  });
});

describe('If-Match', () => {
  test.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['*', undefined],
    ['"3"', 3],
    ['W/"3"', -1],
    ['"of-another-kind"', -1],
    ['""', -1],
  ])('%s asks for revision %s', (header, revision) => {
    expect(expectedRevision(header)).toBe(revision);
  });

  test.each(['3', '', '"1", "2"', '"3', 'W/3'])('%s cannot be understood', (header) => {
    expect(() => expectedRevision(header)).toThrow(BadRequest);
  });
});
