import { newId } from '@orchid/kernel';
import type { TokenCache } from './token-cache.port';

export interface TokenCacheHarness {
  readonly cache: TokenCache;
  /** Another worker's view of the same cache. */
  readonly peer: TokenCache;
  /** Resolves when the condition holds; moves the clock where it is a fake one. */
  until(condition: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

/** What every token cache does. */
export function describeTokenCacheContract(name: string, makeHarness: () => TokenCacheHarness): void {
  describe(`${name} keeps the token cache contract`, () => {
    let harness: TokenCacheHarness;
    let key: string;
    beforeEach(() => {
      harness = makeHarness();
      key = `tenant:config:${newId()}`;
    });
    afterEach(() => harness.close());

    it('gives everybody what was stored, until its time is over', async () => {
      expect(await harness.cache.get(key)).toBeNull();
      await harness.cache.set(key, 'one', 60_000);
      expect(await harness.peer.get(key)).toBe('one');
      await harness.peer.set(key, 'two', 50);
      expect(await harness.cache.get(key)).toBe('two');
      await harness.until(async () => (await harness.cache.get(key)) === null);
    });

    it('drops what matches and nothing else', async () => {
      await harness.cache.set(key, 'one', 60_000);
      await harness.peer.drop(key, (value) => value === 'other');
      expect(await harness.cache.get(key)).toBe('one');
      await harness.peer.drop(key, (value) => value === 'one');
      expect(await harness.cache.get(key)).toBeNull();
      await harness.peer.drop(key, () => true);
    });

    it('gives the lock to one at a time', async () => {
      const lock = await harness.cache.lock(key, 60_000);
      expect(lock).not.toBeNull();
      expect(await harness.peer.lock(key, 60_000)).toBeNull();
      expect(await lock?.extend(60_000)).toBe(true);
      await lock?.release();
      await lock?.release();
      expect(await harness.peer.lock(key, 60_000)).not.toBeNull();
    });

    it('gives a dead owner’s lock to another, whom the dead cannot rob', async () => {
      const dead = await harness.cache.lock(key, 50);
      let mine: Awaited<ReturnType<TokenCache['lock']>> = null;
      await harness.until(async () => {
        mine = await harness.peer.lock(key, 60_000);
        return mine !== null;
      });
      expect(await dead?.extend(60_000)).toBe(false);
      await dead?.release();
      expect(await harness.cache.lock(key, 60_000)).toBeNull();
    });
  });
}
