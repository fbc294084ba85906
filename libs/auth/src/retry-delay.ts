import type { RetryPolicy } from '@orchid/plan';

/** Milliseconds before repetition number `attempt` (1, 2, ...), with full jitter except where the delay is constant. */
export function retryDelay(policy: RetryPolicy, attempt: number): number {
  const delay = Math.min(policy.maxDelayMs, policy.initialDelayMs * factor(policy, attempt));
  return policy.backoff === 'constant' ? delay : Math.round(delay * Math.random());
}

function factor({ backoff }: RetryPolicy, attempt: number): number {
  switch (backoff) {
    case 'constant':
      return 1;
    case 'linear':
      return attempt;
    case 'exponential':
      return 2 ** (attempt - 1);
    case 'fibonacci':
      return fibonacci(attempt);
  }
}

function fibonacci(n: number): number {
  let [a, b] = [1, 1];
  for (let i = 1; i < n; i += 1) [a, b] = [b, a + b];
  return a;
}
