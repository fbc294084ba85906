import type { JsonValue } from '@orchid/kernel';
import { ExpressionError } from './expression.errors';
import type { ExpressionWarning, Reference } from './expression.types';
import { Findings } from './findings';
import { findFunction, nearestFunction } from './functions';
import { arityFault, kindOf } from './functions/call-function';
import type { FunctionDefinition } from './functions/function-definition';
import { nearest } from './nearest';
import type { Node } from './node';
import { fieldName, nameOf, type Piece } from './piece';
import { memberShape, rootShape, SCOPE, type Shape, VALUE } from './shape';
import type { SyntaxNode, SyntaxOf } from './syntax-node';

/** Where a node stands. */
interface Place {
  readonly current: Shape;
  /** Comparisons that cannot be decided are errors: a condition, outside its filters and references. */
  readonly strict: boolean;
  readonly variables: ReadonlyMap<string, Binding>;
}

interface Binding {
  readonly slot: number;
  readonly shape: Shape;
}

interface Resolved {
  readonly node: Node;
  readonly shape: Shape;
}

export interface Resolution {
  readonly node: Node;
  readonly references: readonly Reference[];
  readonly warnings: readonly ExpressionWarning[];
}

interface Pair {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}

const startOf = (piece: Piece | undefined): { offset: number } => ({ offset: piece?.token.start ?? 0 });

/** Gives names back their meaning: checks roots, functions and variables, marks header names, collects references. */
export class Resolver {
  private readonly findings: Findings;
  private slots = 0;

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly roots: readonly string[],
  ) {
    this.findings = new Findings(pieces, roots);
  }

  run(tree: SyntaxNode, strict: boolean): Resolution {
    const node = this.used(tree, { current: SCOPE, strict, variables: new Map() });
    const { references, warnings } = this.findings;
    return { node, references, warnings };
  }

  /** A node whose value is used as it is: the whole scope may not be, and a whole root is a reference. */
  private used(tree: SyntaxNode, place: Place): Node {
    return this.use(this.resolve(tree, place)).node;
  }

  private use(resolved: Resolved): Resolved {
    if (resolved.shape.kind === 'scope') throw this.wholeScope();
    if (resolved.shape.root !== null) this.findings.refer(resolved.shape.root, null);
    return resolved;
  }

  /** A node on the right of a projection, filter or reference: the current value is an element. */
  private element(tree: SyntaxNode, place: Place): Node {
    return this.used(tree, { ...place, current: VALUE });
  }

  private resolve(tree: SyntaxNode, place: Place): Resolved {
    switch (tree.type) {
      case 'Current':
      case 'Identity':
        return { node: { type: 'current' }, shape: place.current };
      case 'Root':
        return { node: { type: 'scope' }, shape: SCOPE };
      case 'Field':
        return this.field(this.piece(tree.name), place.current);
      case 'Variable':
        return this.variable(this.piece(tree.name.slice(1)), place);
      case 'Subexpression':
      case 'IndexExpression':
        return this.path('member', tree, place);
      case 'Pipe':
        return this.path('pipe', tree, place);
      case 'LetExpression':
        return this.let(tree, place);
      default:
        return { node: this.value(tree, place), shape: VALUE };
    }
  }

  private value(tree: SyntaxNode, place: Place): Node {
    switch (tree.type) {
      case 'Literal':
        return { type: 'literal', value: literalValue(this.piece(tree.value)) };
      case 'Index':
        this.use({ node: { type: 'current' }, shape: place.current });
        return { type: 'index', index: tree.value };
      case 'Slice':
        this.use({ node: { type: 'current' }, shape: place.current });
        return this.slice(tree);
      case 'Function':
        return this.call(this.piece(tree.name.slice(1)), tree.children, place);
      case 'MultiSelectList':
        return { type: 'list', items: tree.children.map((item) => this.used(item, place)) };
      case 'MultiSelectHash':
        return this.object(tree, place);
      case 'Projection':
      case 'ValueProjection':
      case 'FilterProjection':
        return this.projection(tree, place);
      default:
        return this.operator(tree, place);
    }
  }

  private operator(tree: SyntaxNode, place: Place): Node {
    switch (tree.type) {
      case 'OrExpression':
        return { type: 'or', ...this.operands(tree, place) };
      case 'AndExpression':
        return { type: 'and', ...this.operands(tree, place) };
      case 'Comparator':
        return { type: 'compare', name: tree.name, ...this.operands(tree, place), strict: place.strict };
      case 'Arithmetic': {
        const name = tree.operator === 'Star' ? 'Multiply' : tree.operator;
        return { type: 'arithmetic', name, ...this.operands(tree, place) };
      }
      case 'NotExpression':
        return { type: 'not', child: this.used(tree.child, place) };
      case 'Flatten':
        return { type: 'flatten', child: this.used(tree.child, place) };
      case 'Unary':
        return { type: tree.operator === 'Minus' ? 'minus' : 'plus', child: this.used(tree.operand, place) };
      case 'Ternary':
        return this.choice(tree, place);
      default:
        throw this.misplacedReference();
    }
  }

  private operands({ left, right }: Pair, place: Place): { left: Node; right: Node } {
    return { left: this.used(left, place), right: this.used(right, place) };
  }

  private projection(
    tree: SyntaxOf<'Projection'> | SyntaxOf<'ValueProjection'> | SyntaxOf<'FilterProjection'>,
    place: Place,
  ): Node {
    const left = this.used(tree.left, place);
    if (tree.type === 'FilterProjection') {
      const condition = this.element(tree.condition, { ...place, strict: false });
      return { type: 'filter', left, condition, right: this.element(tree.right, place) };
    }
    const sliced = tree.left.type === 'IndexExpression' && tree.left.right.type === 'Slice';
    const over = tree.type === 'ValueProjection' ? 'values' : sliced ? 'slice' : 'list';
    return { type: 'project', over, left, right: this.element(tree.right, place) };
  }

  private field(piece: Piece, current: Shape): Resolved {
    if (current.kind === 'scope') return this.root(piece);
    if (current.kind === 'headers') piece.header = true;
    else if (piece.startsPath) this.findings.pathStarts(piece);
    const name = fieldName(piece);
    if (current.root !== null) this.findings.refer(current.root, name);
    return { node: { type: 'field', name }, shape: memberShape(current, name) };
  }

  private root(piece: Piece): Resolved {
    const name = fieldName(piece);
    if (this.roots.includes(name)) return { node: { type: 'field', name }, shape: rootShape(name) };
    throw new ExpressionError('unknown_root', `\`${name}\` is not a root`, {
      ...startOf(piece),
      hint: this.rootHint(piece, name),
    });
  }

  private rootHint(piece: Piece, name: string): string {
    if (piece.token.kind === 'quoted') return "double quotes make a name; text stands in single quotes: 'x'";
    const suggestion = nearest(name, this.roots);
    return suggestion === null ? `roots are ${this.roots.join(', ')}` : `did you mean \`${suggestion}\`?`;
  }

  private variable(piece: Piece, place: Place): Resolved {
    const name = nameOf(piece);
    const binding = place.variables.get(name);
    if (binding !== undefined) return { node: { type: 'variable', slot: binding.slot }, shape: binding.shape };
    const hint = this.roots.includes(name) ? { hint: `write \`$.${name}\` for the root` } : {};
    const message = `\`$${name}\` is not bound by a let`;
    throw new ExpressionError('unknown_variable', message, { ...startOf(piece), ...hint });
  }

  private let(tree: SyntaxOf<'LetExpression'>, place: Place): Resolved {
    const variables = new Map(place.variables);
    const bindings = tree.bindings.map((binding) => {
      if (binding.type !== 'Binding') {
        throw new ExpressionError('expression_syntax', 'let needs `$name = value`', this.find('let'));
      }
      const { node, shape } = this.use(this.resolve(binding.reference, place));
      const slot = this.slots++;
      variables.set(nameOf(this.piece(binding.variable.slice(1))), { slot, shape: { ...shape, root: null } });
      return { slot, value: node };
    });
    const body = this.resolve(tree.expression, { ...place, variables });
    return { node: { type: 'let', bindings, body: body.node }, shape: body.shape };
  }

  private path(type: 'member' | 'pipe', tree: Pair, place: Place): Resolved {
    const left = this.resolve(tree.left, place);
    const right = this.resolve(tree.right, { ...place, current: left.shape });
    return { node: { type, left: left.node, right: right.node }, shape: right.shape };
  }

  private choice({ condition, trueExpr, falseExpr }: SyntaxOf<'Ternary'>, place: Place): Node {
    return {
      type: 'choice',
      condition: this.used(condition, place),
      then: this.used(trueExpr, place),
      otherwise: this.used(falseExpr, place),
    };
  }

  private object(tree: SyntaxOf<'MultiSelectHash'>, place: Place): Node {
    const members = tree.children.map(({ name, value }) => ({
      name: nameOf(this.piece(name)),
      value: this.used(value, place),
    }));
    return { type: 'object', members };
  }

  private slice({ start, stop, step }: SyntaxOf<'Slice'>): Node {
    if (step !== 0) return { type: 'slice', start, stop, step: step ?? 1 };
    throw new ExpressionError('expression_syntax', 'the step of a slice cannot be 0', this.find('['));
  }

  private call(piece: Piece, children: readonly SyntaxNode[], place: Place): Node {
    const definition = definitionOf(piece);
    const fault = arityFault(definition, children.length);
    if (fault !== null) throw new ExpressionError('function_arity', fault, startOf(piece));
    const args = children.map((child, index) => this.argument(child, kindOf(definition, index), place));
    const readsHeader = definition.name === 'get' && args[0]?.shape.kind === 'headers';
    const nodes = args.map(({ node }, index) => (readsHeader && index === 1 ? lowered(node) : node));
    return { type: 'call', definition, args: nodes };
  }

  private argument(tree: SyntaxNode, kind: string, place: Place): Resolved {
    if (kind !== 'expression') return this.use(this.resolve(tree, place));
    if (tree.type === 'ExpressionReference') {
      const child = this.element(tree.child, { ...place, strict: false });
      return { node: { type: 'reference', child }, shape: VALUE };
    }
    throw new ExpressionError('expression_syntax', 'an expression such as `&name` belongs here', this.find('('));
  }

  private piece(index: string | number): Piece {
    const piece = this.pieces[Number(index)];
    if (piece === undefined) throw new ExpressionError('expression_syntax', 'not an expression');
    return piece;
  }

  private find(text: string): { offset: number } {
    return startOf(this.pieces.find(({ token }) => token.text === text));
  }

  private wholeScope(): ExpressionError {
    const piece = this.pieces.find(({ token }) => token.text === '$' || token.text === '@');
    const hint = 'name what is needed: `$.config.x`';
    const message = 'this would read the whole scope, secrets included';
    return new ExpressionError('whole_scope', message, { ...startOf(piece), hint });
  }

  private misplacedReference(): ExpressionError {
    return new ExpressionError('expression_syntax', '`&` belongs to an argument of a function', this.find('&'));
  }
}

function definitionOf(piece: Piece): FunctionDefinition {
  const name = nameOf(piece);
  const definition = findFunction(name);
  if (definition !== undefined) return definition;
  const suggestion = nearestFunction(name);
  const hint = suggestion === null ? {} : { hint: `did you mean \`${suggestion}\`?` };
  throw new ExpressionError('unknown_function', `there is no function ${name}()`, { ...startOf(piece), ...hint });
}

function literalValue({ token }: Piece): JsonValue {
  if (token.text === '[]') return [];
  if (token.text === '{}') return {};
  if (token.kind !== 'identifier') return token.value;
  return token.text === 'null' ? null : token.text === 'true';
}

function lowered(node: Node): Node {
  const definition = findFunction('lower');
  return definition === undefined ? node : { type: 'call', definition, args: [node] };
}
