const LOOK_EVERY_MS = 25;

/**
 * Waits for a condition: asks `look` again and again until it answers something other than `undefined`, `null` or `false`.
 * Throws after `deadlineMs`, saying what it waited for and what `look` last failed with.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  deadlineMs = 30_000,
): Promise<Exclude<T, undefined | null | false>> {
  const ends = performance.now() + deadlineMs;
  let trouble: unknown;
  do {
    try {
      const found = await look();
      trouble = undefined;
      if (found !== undefined && found !== null && found !== false) {
        return found as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      trouble = error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  } while (performance.now() < ends);
  throw new Error(`waited ${deadlineMs} ms in vain for ${what}`, { cause: trouble });
}
