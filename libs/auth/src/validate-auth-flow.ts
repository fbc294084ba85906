import type { Fault, JsonValue } from '@orchid/kernel';
import { InvalidAuthFlow } from './auth.errors';
import { compileAuthFlow } from './compile-auth-flow';

/** Every fault of an auth flow document, with JSONPath and hint; none when it can be used. */
export function validateAuthFlow(document: JsonValue): readonly Fault[] {
  try {
    compileAuthFlow(document);
    return [];
  } catch (error) {
    if (error instanceof InvalidAuthFlow) return error.faults;
    throw error;
  }
}
