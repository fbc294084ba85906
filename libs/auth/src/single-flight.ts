const flights = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Runs `start` once for all who ask for `key` in the same `realm` while it runs. */
export function shareFlight<T>(realm: object, key: string, start: () => Promise<T>): Promise<T> {
  const known = flights.get(realm) ?? new Map<string, Promise<unknown>>();
  flights.set(realm, known);
  const running = known.get(key);
  if (running !== undefined) return running as Promise<T>;
  const flight = start().finally(() => known.delete(key));
  known.set(key, flight);
  return flight;
}

/** The promise's outcome, or the signal's reason when it aborts first; what runs goes on for the others. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
