import type { JsonValue } from '@orchid/kernel';
import { nearest } from '../nearest';
import { ARRAY_FUNCTIONS } from './array-functions';
import { BY_FUNCTIONS } from './by-functions';
import { CODING_FUNCTIONS } from './coding-functions';
import { DATA_FUNCTIONS } from './data-functions';
import type { FunctionDefinition } from './function-definition';
import { KEY_FUNCTIONS } from './key-functions';
import { NUMBER_FUNCTIONS } from './number-functions';
import { OBJECT_FUNCTIONS } from './object-functions';
import { REGEX_FUNCTIONS } from './regex-functions';
import { TEXT_FUNCTIONS } from './text-functions';
import { TIME_FUNCTIONS } from './time-functions';
import { TYPE_FUNCTIONS } from './type-functions';
import { URL_FUNCTIONS } from './url-functions';

export interface FunctionDoc {
  readonly name: string;
  readonly signature: string;
  readonly description: string;
  /** Expression and its result. */
  readonly examples: readonly (readonly [expression: string, result: JsonValue])[];
}

const DEFINITIONS: readonly FunctionDefinition[] = [
  ...NUMBER_FUNCTIONS,
  ...TEXT_FUNCTIONS,
  ...ARRAY_FUNCTIONS,
  ...BY_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
  ...TYPE_FUNCTIONS,
  ...TIME_FUNCTIONS,
  ...CODING_FUNCTIONS,
  ...URL_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...KEY_FUNCTIONS,
  ...DATA_FUNCTIONS,
];
const BY_NAME: ReadonlyMap<string, FunctionDefinition> = new Map(DEFINITIONS.map((each) => [each.name, each]));

/** Every function an expression may call, with examples that hold. */
export const FUNCTION_DOCS: readonly FunctionDoc[] = DEFINITIONS.map(({ name, signature, description, examples }) => ({
  name,
  signature,
  description,
  examples,
}));

export function findFunction(name: string): FunctionDefinition | undefined {
  return BY_NAME.get(name);
}

export function nearestFunction(name: string): string | null {
  return nearest(name, [...BY_NAME.keys()]);
}
