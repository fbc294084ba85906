import type { JsonObject, JsonValue } from '@orchid/kernel';
import { arithmetic, negate, plus } from './arithmetic';
import { compileComparison } from './comparison';
import type { Evaluate } from './evaluate';
import { compileCall } from './functions/call-function';
import type { Node } from './node';
import { nodeSize } from './node-size';
import { compileFilter, compileFlatten, compileProjection, compileSlice } from './projections';
import { isFalse, setMember } from './values';

/** Turns a resolved tree into closures, once. Evaluation never looks at the tree again. */
export function compileNode(node: Node): Evaluate {
  switch (node.type) {
    case 'current':
      return (current) => current;
    case 'scope':
      return (_current, run) => run.scope as JsonObject;
    case 'field':
      return compileField(node.name);
    case 'index':
      return compileIndex(node.index);
    case 'slice':
      return compileSlice(node);
    case 'literal':
      return compileLiteral(node.value);
    case 'variable':
      return compileVariable(node.slot);
    case 'reference':
      return compileNode(node.child);
    default:
      return compileOperator(node);
  }
}

type Operator = Exclude<
  Node,
  { type: 'current' | 'scope' | 'field' | 'index' | 'slice' | 'literal' | 'variable' | 'reference' }
>;

function compileOperator(node: Operator): Evaluate {
  switch (node.type) {
    case 'member':
      return compileMember(node.left, compileNode(node.right));
    case 'pipe':
      return compilePipe(compileNode(node.left), compileNode(node.right));
    case 'or':
    case 'and':
      return compileLogic(node.type === 'or', compileNode(node.left), compileNode(node.right));
    case 'not':
      return compileNot(compileNode(node.child));
    case 'flatten':
      return compileFlatten(compileNode(node.child));
    case 'minus':
      return compileUnary(negate, compileNode(node.child));
    case 'plus':
      return compileUnary(plus, compileNode(node.child));
    case 'choice':
      return compileChoice(compileNode(node.condition), compileNode(node.then), compileNode(node.otherwise));
    case 'compare':
      return compileComparison(node, compileNode(node.left), compileNode(node.right));
    case 'arithmetic':
      return compileArithmetic(node, compileNode(node.left), compileNode(node.right));
    case 'project':
      return compileProjection(node.over, compileNode(node.left), { node: node.right, run: compileNode(node.right) });
    case 'filter':
      return compileFilter(
        compileNode(node.left),
        { node: node.condition, run: compileNode(node.condition) },
        { node: node.right, run: compileNode(node.right) },
      );
    case 'list':
      return compileList(node.items.map(compileNode));
    case 'object':
      return compileObject(node.members.map(({ name, value }) => ({ name, value: compileNode(value) })));
    case 'let':
      return compileLet(
        node.bindings.map(({ slot, value }) => ({ slot, value: compileNode(value) })),
        compileNode(node.body),
      );
    case 'call':
      return compileCall(
        node.definition,
        node.args.map((arg) =>
          arg.type === 'reference' ? { reference: compileReference(arg.child) } : compileNode(arg),
        ),
      );
  }
}

/** An expression a function calls as often as it likes: each call is paid for. */
function compileReference(child: Node): Evaluate {
  const cost = nodeSize(child);
  const evaluate = compileNode(child);
  return (current, run) => {
    run.spend(cost);
    return evaluate(current, run);
  };
}

function compileField(name: string): Evaluate {
  // Names that plain objects inherit are looked up as own members only.
  if (name in Object.prototype) {
    return (current) => (isObject(current) && Object.hasOwn(current, name) ? (current[name] ?? null) : null);
  }
  return (current) => (isObject(current) ? (current[name] ?? null) : null);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compileMember(left: Node, right: Evaluate): Evaluate {
  const evaluateLeft = compileNode(left);
  return (current, run) => {
    const value = evaluateLeft(current, run);
    return value === null ? null : right(value, run);
  };
}

function compileIndex(index: number): Evaluate {
  return (current) => {
    if (!Array.isArray(current)) return null;
    return current[index < 0 ? current.length + index : index] ?? null;
  };
}

function compileLiteral(value: JsonValue): Evaluate {
  return () => value;
}

function compileVariable(slot: number): Evaluate {
  return (_current, run) => run.slots[slot] ?? null;
}

function compilePipe(left: Evaluate, right: Evaluate): Evaluate {
  return (current, run) => right(left(current, run), run);
}

function compileLogic(isOr: boolean, left: Evaluate, right: Evaluate): Evaluate {
  return (current, run) => {
    const value = left(current, run);
    return isFalse(value) === isOr ? right(current, run) : value;
  };
}

function compileNot(child: Evaluate): Evaluate {
  return (current, run) => isFalse(child(current, run));
}

function compileUnary(operation: (value: JsonValue) => JsonValue, child: Evaluate): Evaluate {
  return (current, run) => operation(child(current, run));
}

function compileChoice(condition: Evaluate, then: Evaluate, otherwise: Evaluate): Evaluate {
  return (current, run) => (isFalse(condition(current, run)) ? otherwise(current, run) : then(current, run));
}

function compileArithmetic(node: Extract<Node, { type: 'arithmetic' }>, left: Evaluate, right: Evaluate): Evaluate {
  const { name } = node;
  return (current, run) => {
    run.spend(1);
    return arithmetic(name, left(current, run), right(current, run));
  };
}

function compileList(items: readonly Evaluate[]): Evaluate {
  return (current, run) => {
    run.spend(items.length);
    return items.map((item) => item(current, run));
  };
}

interface NamedEvaluate {
  readonly name: string;
  readonly value: Evaluate;
}

function compileObject(members: readonly NamedEvaluate[]): Evaluate {
  return (current, run) => {
    run.spend(members.length);
    const object: JsonObject = {};
    for (const { name, value } of members) setMember(object, name, value(current, run));
    return object;
  };
}

function compileLet(bindings: readonly { slot: number; value: Evaluate }[], body: Evaluate): Evaluate {
  return (current, run) => {
    for (const { slot, value } of bindings) run.slots[slot] = value(current, run);
    return body(current, run);
  };
}
