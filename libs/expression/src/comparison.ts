import type { JsonValue } from '@orchid/kernel';
import type { Evaluate } from './evaluate';
import { ExpressionError } from './expression.errors';
import type { ComparisonName, Node } from './node';
import type { Run } from './run';
import { compare, equal, textCost, typeOf } from './values';

type Comparison = Extract<Node, { type: 'compare' }>;
type OrderName = Exclude<ComparisonName, 'EQ' | 'NE'>;

/** Compares two values. Equality holds for any pair; order for two texts or two numbers. */
export function compileComparison(node: Comparison, left: Evaluate, right: Evaluate): Evaluate {
  if (node.name === 'EQ' || node.name === 'NE') return compileEquality(node, left, right);
  return compileOrder(node.name, node.strict, left, right);
}

function compileEquality(node: Comparison, left: Evaluate, right: Evaluate): Evaluate {
  const wanted = node.name === 'EQ';
  if (node.right.type === 'literal' && isSimple(node.right.value)) {
    const { value } = node.right;
    return (current, run) => (left(current, run) === value) === wanted;
  }
  return (current, run) => equal(left(current, run), right(current, run), run) === wanted;
}

/** Values that are equal to nothing but themselves; a number may also be equal to a bigint. */
function isSimple(value: JsonValue): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || value === null || Number.isSafeInteger(value);
}

function compileOrder(name: OrderName, strict: boolean, left: Evaluate, right: Evaluate): Evaluate {
  const holds = HOLDS[name];
  return (current, run: Run) => {
    const a = left(current, run);
    const b = right(current, run);
    if (typeof a === 'string') run.spend(textCost(a));
    const order = compare(a, b);
    if (order !== undefined) return holds(order);
    if (strict) throw notComparable(a, b);
    return null;
  };
}

const HOLDS: Readonly<Record<OrderName, (order: number) => boolean>> = {
  LT: (order) => order < 0,
  LTE: (order) => order <= 0,
  GT: (order) => order > 0,
  GTE: (order) => order >= 0,
};

function notComparable(left: JsonValue, right: JsonValue): ExpressionError {
  const hint =
    left === null || right === null
      ? 'default(x, 0) replaces null'
      : 'to_number() and to_string() make the types equal';
  return new ExpressionError('not_comparable', `cannot order ${typeOf(left)} and ${typeOf(right)}`, { hint });
}
