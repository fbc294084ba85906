import { MemoryTokenCache } from './memory-token-cache';
import { JumpingClock } from './scripted-flows';
import { describeTokenCacheContract } from './token-cache.contract';

describeTokenCacheContract('MemoryTokenCache', () => {
  const clock = new JumpingClock();
  const cache = new MemoryTokenCache(clock);
  return {
    cache,
    peer: cache,
    until: async (condition) => {
      while (!(await condition())) clock.time += 10;
    },
    close: () => Promise.resolve(),
  };
});
