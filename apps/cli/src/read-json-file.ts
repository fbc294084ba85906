import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject, parseJson } from '@orchid/kernel';
import { UsageError } from './usage.errors';

/** The text of a file; `-` is standard input. Throws {@link UsageError} where it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === 'ENOENT' ? `${file}: there is no such file` : `${file}: ${message}`, error);
  }
}

/** A JSON object from a file. `what` names it in errors. */
export function readObject(file: string, what: string): JsonObject {
  const text = readText(file);
  let value;
  try {
    value = parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // The parser's own message may quote the text, and with it a secret.
    throw new UsageError(`${file}: ${what} is not valid JSON${positionIn(error)}`);
  }
  if (!isJsonObject(value)) throw new UsageError(`${file}: ${what} must be a JSON object`);
  return value;
}

function positionIn(error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return position === undefined ? '' : ` (at character ${Number(position) + 1})`;
}
