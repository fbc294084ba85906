import fc from 'fast-check';
import { systemClock } from './clock';
import { OrchidError } from './errors';
import { isUuid, newId, stableId } from './ids';

describe('ids', () => {
  it('sort by the time they were made', () => {
    const ids = Array.from({ length: 1_000 }, newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every(isUuid)).toBe(true);
  });

  it('are the same for the same facts, and only for them', () => {
    expect(stableId('t', 'execution', 3)).toBe('1b89d25e-2a8f-5a00-a170-e703a64ae2bb');
    const facts = fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 });
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        expect(stableId(...one) === stableId(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  it.each([
    '',
    'x',
    '0198c5b0-0000-7000-8000-00000000000',
    '0198c5b000007000800000000000000g',
    '0198c5b0-0000-0000-8000-000000000000',
    ' 0198c5b0-0000-7000-8000-000000000000',
  ])('are not %j', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});

describe('systemClock', () => {
  afterEach(() => jest.useRealTimers());

  it('tells the time', () => {
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });

  it('sleeps as long as it is told, also longer than a timer can', async () => {
    jest.useFakeTimers();
    let awake = 0;
    const sleeps = [systemClock.sleep(-5), systemClock.sleep(1_000), systemClock.sleep(2 ** 40)].map((sleep) =>
      sleep.then(() => (awake += 1)),
    );
    await jest.advanceTimersByTimeAsync(999);
    expect(awake).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(awake).toBe(2);
    await jest.advanceTimersByTimeAsync(86_400_000);
    expect(awake).toBe(2);
    expect(sleeps).toHaveLength(3);
  });

  it('wakes with the reason of an abort and leaves no timer', async () => {
    jest.useFakeTimers();
    const reason = new Error('shutting down');
    await expect(systemClock.sleep(1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const sleep = systemClock.sleep(1_000, abort.signal);
    abort.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
    await expect(systemClock.sleep(1_000, AbortSignal.abort('text'))).rejects.toThrow('aborted');
  });
});

describe('OrchidError', () => {
  class PlanNotFound extends OrchidError {
    constructor(key: string) {
      super(`There is no plan ${key}.`, { code: 'plan_not_found', details: { key } });
    }
  }

  it('says who it is, whether to try again, and why', () => {
    const error = new PlanNotFound('contacts');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'PlanNotFound',
      code: 'plan_not_found',
      type: 'permanent',
      retry: 'never',
      details: { key: 'contacts' },
    });
    expect('cause' in error).toBe(false);
    const cause = new Error('socket closed');
    expect(new OrchidError('x', { code: 'x', type: 'transient', retry: { at: 5 }, cause })).toMatchObject({
      cause,
      retry: { at: 5 },
      details: {},
    });
  });
});
