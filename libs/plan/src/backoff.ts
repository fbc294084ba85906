import type { RetryPolicy } from './compiled-plan';

/**
 * Milliseconds to wait before retry number `retry` (from 1). `random` in [0, 1) spreads the wait over the whole span
 * ("full jitter"), except for `constant`.
 */
export function backoffMs(policy: RetryPolicy, retry: number, random: number): number {
  const span = Math.min(policy.initialDelayMs * factor(policy.backoff, retry), policy.maxDelayMs);
  return policy.backoff === 'constant' ? span : Math.floor(span * random);
}

function factor(backoff: RetryPolicy['backoff'], retry: number): number {
  switch (backoff) {
    case 'constant':
      return 1;
    case 'linear':
      return retry;
    case 'exponential':
      return 2 ** (retry - 1);
    case 'fibonacci':
      return fibonacci(retry);
  }
}

function fibonacci(n: number): number {
  let [current, next] = [1, 1];
  for (let i = 1; i < n; i += 1) [current, next] = [next, current + next];
  return current;
}
