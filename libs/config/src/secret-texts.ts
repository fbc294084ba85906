import type { RawValues } from './read-values';
import { allSettings } from './settings-table';

/** Masking a shorter one, such as `orchid`, would destroy ordinary text and protect nothing. */
const SHORTEST = 8;

/**
 * The texts that must not appear in a log: whole secret values, of a list each entry's part behind the colon, of a URL
 * the URL itself and its password as URLs write it, `:password@`.
 */
export function secretTexts(texts: RawValues['texts']): string[] {
  return allSettings()
    .filter(({ secret }) => secret)
    .flatMap(({ name }) => textsOf(texts.get(name)?.text))
    .filter((text) => text.length >= SHORTEST);
}

function textsOf(given: string | undefined): string[] {
  if (given === undefined) return [];
  if (given.includes('://') && URL.canParse(given)) {
    const { password } = new URL(given);
    return password === '' ? [] : [given, `:${password}@`, ...longPassword(decodeURIComponent(password))];
  }
  const keys = given.split(',').map((entry) => entry.slice(entry.indexOf(':') + 1).trim());
  return [given, ...keys];
}

/** A generated password is looked for by itself; `postgres` is not. */
function longPassword(password: string): string[] {
  return password.length >= 2 * SHORTEST ? [password] : [];
}
