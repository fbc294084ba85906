import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { Evaluate } from '../evaluate';
import type { Run } from '../run';
import type { Numeric } from '../values';

/** An argument as the evaluator passes it: a value, or an expression reference (`&expr`). */
export type Argument = JsonValue | Evaluate;

interface Kinds {
  any: JsonValue;
  text: string;
  number: Numeric;
  boolean: boolean;
  array: JsonValue[];
  object: JsonObject;
  expression: Evaluate;
  'text or array': string | JsonValue[];
  'text or number': string | Numeric;
  'text, array or object': string | JsonValue[] | JsonObject;
  'array or object': JsonValue[] | JsonObject;
}
export type Kind = keyof Kinds;
export type Parameter = Kind | `${Kind}?`;

type ArgumentOf<P> = P extends `${infer K extends Kind}?` ? Kinds[K] | undefined : P extends Kind ? Kinds[P] : never;
type Arguments<P extends readonly Parameter[]> = { -readonly [I in keyof P]: ArgumentOf<P[I]> };

interface Documentation {
  readonly name: string;
  readonly signature: string;
  readonly description: string;
  /** Expression and its result, run as tests. */
  readonly examples: readonly (readonly [expression: string, result: JsonValue])[];
}

export interface FunctionDefinition extends Documentation {
  readonly parameters: readonly Parameter[];
  /** The last parameter may be repeated. */
  readonly variadic: boolean;
  /** Called with nulls as well; otherwise a null argument makes the result null without a call. */
  readonly takesNull: boolean;
  readonly call: (args: readonly Argument[], run: Run) => JsonValue;
}

interface Definition<P extends readonly Parameter[]> extends Documentation {
  readonly parameters: P;
  readonly takesNull?: boolean;
  readonly call: (args: Arguments<P>, run: Run) => JsonValue;
}

/** Defines a function; its arguments are checked against `parameters` before each call. */
export function define<const P extends readonly Parameter[]>(definition: Definition<P>): FunctionDefinition {
  // The evaluator checks each argument against its parameter, which is what the narrower type says.
  const call = definition.call as unknown as FunctionDefinition['call'];
  return { ...definition, call, variadic: false, takesNull: definition.takesNull ?? false };
}

interface VariadicDefinition<K extends Kind> extends Documentation {
  readonly parameter: K;
  readonly takesNull?: boolean;
  readonly call: (args: Kinds[K][], run: Run) => JsonValue;
}

/** Defines a function that takes one or more arguments of one kind. */
export function defineVariadic<K extends Kind>(definition: VariadicDefinition<K>): FunctionDefinition {
  const { parameter, ...rest } = definition;
  const call = definition.call as unknown as FunctionDefinition['call'];
  return { ...rest, parameters: [parameter], call, variadic: true, takesNull: definition.takesNull ?? false };
}
