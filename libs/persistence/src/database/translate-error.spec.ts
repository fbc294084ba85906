import { OrchidError } from '@orchid/kernel';
import { QueryFailedError } from 'typeorm';
import { NotFound } from './database.errors';
import { translateError } from './translate-error';

const server = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`server says ${code}`), { code, severity: 'ERROR', ...more });

describe('translateError', () => {
  it.each([
    [server('23505', { constraint: 'plans_key_key' }), 'already_exists', 'never'],
    [server('23505', { constraint: 'unknown' }), 'already_exists', 'never'],
    [server('23503', { constraint: 'configs_integration_fkey' }), 'reference_missing', 'never'],
    [server('23514'), 'invalid_data', 'never'],
    [server('22P05'), 'invalid_data', 'never'],
    [server('22021'), 'invalid_data', 'never'],
    [server('40001'), 'concurrent_change', 'backoff'],
    [server('40P01'), 'concurrent_change', 'backoff'],
    [server('57014'), 'database_unavailable', 'backoff'],
    [server('57P01'), 'database_unavailable', 'backoff'],
    [server('53300'), 'database_unavailable', 'backoff'],
    [server('08006'), 'database_unavailable', 'backoff'],
    [server('25P03'), 'database_unavailable', 'backoff'],
    [server('42P01'), 'database_fault', 'never'],
    [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      'database_unavailable',
      'backoff',
    ],
    [new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })]), 'database_unavailable', 'backoff'],
    [new Error('Connection terminated unexpectedly'), 'database_unavailable', 'backoff'],
    [new Error('timeout exceeded when trying to connect'), 'database_unavailable', 'backoff'],
  ])('%s', (error, code, retry) => {
    const translated = translateError(new QueryFailedError('SELECT $1', ['s3cret'], error));
    expect(translated).toBeInstanceOf(OrchidError);
    expect(translated).toMatchObject({ code, retry });
    expect(translateError(error)).toMatchObject({ code });
  });

  it('drops the parameters of the statement', () => {
    const failed = new QueryFailedError('INSERT', ['s3cret'], server('23505', { detail: 'Key (name)=(s3cret)' }));
    const translated = translateError(failed);
    const shown = JSON.stringify([
      translated,
      (translated as Error).cause,
      Object.entries((translated as Error).cause ?? {}),
    ]);
    expect(shown).not.toContain('s3cret');
  });

  it('leaves our own errors and defects alone', () => {
    for (const error of [new NotFound('plan', 'x'), new TypeError('a defect'), 'text']) {
      expect(translateError(error)).toBe(error);
    }
  });
});
