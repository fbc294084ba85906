import type { JsonValue } from '@orchid/kernel';
import type { FunctionDefinition } from './functions/function-definition';

export type ComparisonName = 'EQ' | 'NE' | 'LT' | 'LTE' | 'GT' | 'GTE';
export type ArithmeticName = 'Plus' | 'Minus' | 'Multiply' | 'Divide' | 'Modulo' | 'Div';

/** An expression after the dialect: names resolved, roots checked, headers in lower case, variables as slots. */
export type Node =
  | { readonly type: 'current' | 'scope' }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'slice'; readonly start: number | null; readonly stop: number | null; readonly step: number }
  | { readonly type: 'literal'; readonly value: JsonValue }
  | { readonly type: 'variable'; readonly slot: number }
  | { readonly type: 'member' | 'pipe' | 'or' | 'and'; readonly left: Node; readonly right: Node }
  | { readonly type: 'not' | 'flatten' | 'minus' | 'plus'; readonly child: Node }
  | { readonly type: 'choice'; readonly condition: Node; readonly then: Node; readonly otherwise: Node }
  | {
      readonly type: 'compare';
      readonly name: ComparisonName;
      readonly left: Node;
      readonly right: Node;
      readonly strict: boolean;
    }
  | { readonly type: 'arithmetic'; readonly name: ArithmeticName; readonly left: Node; readonly right: Node }
  | { readonly type: 'project'; readonly over: 'list' | 'slice' | 'values'; readonly left: Node; readonly right: Node }
  | { readonly type: 'filter'; readonly left: Node; readonly condition: Node; readonly right: Node }
  | { readonly type: 'list'; readonly items: readonly Node[] }
  | { readonly type: 'object'; readonly members: readonly { readonly name: string; readonly value: Node }[] }
  | {
      readonly type: 'let';
      readonly bindings: readonly { readonly slot: number; readonly value: Node }[];
      readonly body: Node;
    }
  | { readonly type: 'call'; readonly definition: FunctionDefinition; readonly args: readonly Node[] }
  | { readonly type: 'reference'; readonly child: Node };
