import { ExpressionError } from './expression.errors';
import type { ExpressionWarning, Reference } from './expression.types';
import { arityFault, kindOf } from './functions/call-function';
import { findFunction, nearestFunction } from './functions';
import type { FunctionDefinition } from './functions/function-definition';
import type { SyntaxNode } from './grammar';
import { nearest } from './nearest';
import type { ArithmeticName, Node } from './node';
import { fieldName, type Piece } from './piece';
import { memberShape, rootShape, SCOPE, type Shape, VALUE } from './shape';
import { parseNumber } from './tokenizer';

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

type Of<T extends SyntaxNode['type']> = Extract<SyntaxNode, { type: T }>;
interface Unary {
  readonly child: SyntaxNode;
}
interface Binary {
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}
const at = (piece: Piece | undefined): { offset: number } => ({ offset: piece?.token.start ?? 0 });

/** Gives names back their meaning: checks roots, functions and variables, marks header names, collects references. */
export class Resolver {
  private readonly references = new Map<string, Reference>();
  private readonly warnings = new Map<string, ExpressionWarning>();
  private slots = 0;

  constructor(
    private readonly pieces: readonly Piece[],
    private readonly roots: readonly string[],
  ) {}

  run(tree: SyntaxNode, strict: boolean): Resolution {
    const node = this.used(tree, { current: SCOPE, strict, variables: new Map() });
    return { node, references: [...this.references.values()], warnings: [...this.warnings.values()] };
  }

  /** A node whose value leaves the expression's paths: the whole scope may not. */
  private used(tree: SyntaxNode, place: Place): Node {
    return this.use(this.resolve(tree, place)).node;
  }

  private use(resolved: Resolved): Resolved {
    if (resolved.shape.kind === 'scope') throw this.wholeScope();
    if (resolved.shape.root !== null) this.refer(resolved.shape.root, null);
    return resolved;
  }

  private resolve(tree: SyntaxNode, place: Place): Resolved {
    switch (tree.type) {
      case 'Current':
      case 'Identity':
        return { node: { type: 'current' }, shape: place.current };
      case 'Root':
        return { node: { type: 'scope' }, shape: SCOPE };
      case 'Field':
        return this.field(tree as Of<'Field'>, place);
      case 'Variable':
        return this.variable(tree as Of<'Variable'>, place);
      case 'Subexpression':
      case 'IndexExpression':
        return this.path('member', tree as Binary, place);
      case 'Pipe':
        return this.path('pipe', tree as Binary, place);
      case 'LetExpression':
        return this.let(tree as Of<'LetExpression'>, place);
      default:
        return { node: this.value(tree, place), shape: VALUE };
    }
  }

  private value(tree: SyntaxNode, place: Place): Node {
    switch (tree.type) {
      case 'Literal':
        return { type: 'literal', value: this.literalValue(tree as Of<'Literal'>) };
      case 'Index':
        this.use({ node: { type: 'current' }, shape: place.current });
        return { type: 'index', index: (tree as Of<'Index'>).value };
      case 'Slice':
        this.use({ node: { type: 'current' }, shape: place.current });
        return this.slice(tree as Of<'Slice'>);
      case 'Function':
        return this.call(tree as Of<'Function'>, place);
      case 'ExpressionReference':
        throw new ExpressionError('expression_syntax', '`&` belongs to an argument of a function', this.find('&'));
      case 'MultiSelectList':
        return { type: 'list', items: (tree as Of<'MultiSelectList'>).children.map((item) => this.used(item, place)) };
      case 'MultiSelectHash':
        return this.object(tree as Of<'MultiSelectHash'>, place);
      default:
        return this.operator(tree, place);
    }
  }

  private operator(tree: SyntaxNode, place: Place): Node {
    switch (tree.type) {
      case 'OrExpression':
      case 'AndExpression':
        return this.logic(tree.type === 'OrExpression' ? 'or' : 'and', tree as Binary, place);
      case 'NotExpression':
        return { type: 'not', child: this.used((tree as Unary).child, place) };
      case 'Flatten':
        return { type: 'flatten', child: this.used((tree as Unary).child, place) };
      case 'Unary': {
        const { operator, operand } = tree as Of<'Unary'>;
        return { type: operator === 'Minus' ? 'minus' : 'plus', child: this.used(operand, place) };
      }
      case 'Ternary':
        return this.choice(tree as Of<'Ternary'>, place);
      case 'Comparator': {
        const { name, left, right } = tree as Of<'Comparator'>;
        const operands = { left: this.used(left, place), right: this.used(right, place) };
        return { type: 'compare', name, ...operands, strict: place.strict };
      }
      case 'Arithmetic':
        return this.arithmetic(tree as Of<'Arithmetic'>, place);
      default:
        return this.projection(tree, place);
    }
  }

  private projection(tree: SyntaxNode, place: Place): Node {
    switch (tree.type) {
      case 'Projection': {
        const { left, right } = tree as Binary;
        const sliced = left.type === 'IndexExpression' && (left as Binary).right.type === 'Slice';
        const over = sliced ? 'slice' : 'list';
        return { type: 'project', over, left: this.used(left, place), right: this.element(right, place) };
      }
      case 'ValueProjection': {
        const { left, right } = tree as Binary;
        return { type: 'project', over: 'values', left: this.used(left, place), right: this.element(right, place) };
      }
      case 'FilterProjection': {
        const { left, right, condition } = tree as Of<'FilterProjection'>;
        return {
          type: 'filter',
          left: this.used(left, place),
          condition: this.element(condition, { ...place, strict: false }),
          right: this.element(right, place),
        };
      }
      default:
        throw new ExpressionError('expression_syntax', 'not an expression');
    }
  }

  private element(tree: SyntaxNode, place: Place): Node {
    return this.used(tree, { ...place, current: VALUE });
  }

  private field(tree: Of<'Field'>, place: Place): Resolved {
    const piece = this.piece(tree.name);
    const { current } = place;
    if (current.kind === 'scope') return this.root(piece);
    if (current.kind === 'headers') piece.header = true;
    else if (piece.startsPath) this.warnAboutStart(piece);
    const name = fieldName(piece);
    if (current.root !== null) this.refer(current.root, name);
    return { node: { type: 'field', name }, shape: memberShape(current, name) };
  }

  private root(piece: Piece): Resolved {
    const name = fieldName(piece);
    if (!this.roots.includes(name)) throw this.unknownRoot(piece, name);
    return { node: { type: 'field', name }, shape: rootShape(name) };
  }

  private unknownRoot(piece: Piece, name: string): ExpressionError {
    const suggestion = nearest(name, this.roots);
    const hint =
      piece.token.kind === 'quoted'
        ? "double quotes make a name; text stands in single quotes: 'x'"
        : suggestion === null
          ? `roots are ${this.roots.join(', ')}`
          : `did you mean \`${suggestion}\`?`;
    return new ExpressionError('unknown_root', `\`${name}\` is not a root`, { ...at(piece), hint });
  }

  private warnAboutStart(piece: Piece): void {
    const name = fieldName(piece);
    if (!this.roots.includes(name)) return;
    this.warnings.set(`root ${name}`, {
      code: 'root_in_projection',
      message: `\`${name}\` is looked up in the current element here, not in the scope`,
      hint: `write \`$.${name}\` for the root`,
    });
  }

  private variable(tree: Of<'Variable'>, place: Place): Resolved {
    const piece = this.piece(tree.name.slice(1));
    const name = String(piece.token.value);
    const binding = place.variables.get(name);
    if (binding !== undefined) return { node: { type: 'variable', slot: binding.slot }, shape: binding.shape };
    const hint = this.roots.includes(name) ? { hint: `write \`$.${name}\` for the root` } : {};
    throw new ExpressionError('unknown_variable', `\`$${name}\` is not bound by a let`, { ...at(piece), ...hint });
  }

  private let(tree: Of<'LetExpression'>, place: Place): Resolved {
    const variables = new Map(place.variables);
    const bindings = tree.bindings.map((binding) => {
      if ((binding as SyntaxNode).type !== 'Binding') throw badBinding(this.find('$'));
      const { variable, reference } = binding;
      const { node, shape } = this.use(this.resolve(reference, place));
      const slot = this.slots++;
      variables.set(String(this.piece(variable.slice(1)).token.value), { slot, shape: { ...shape, root: null } });
      return { slot, value: node };
    });
    const body = this.resolve(tree.expression, { ...place, variables });
    return { node: { type: 'let', bindings, body: body.node }, shape: body.shape };
  }

  private path(type: 'member' | 'pipe', tree: Binary, place: Place): Resolved {
    const left = this.resolve(tree.left, place);
    const right = this.resolve(tree.right, { ...place, current: left.shape });
    return { node: { type, left: left.node, right: right.node }, shape: right.shape };
  }

  private logic(type: 'or' | 'and', tree: Binary, place: Place): Node {
    return { type, left: this.used(tree.left, place), right: this.used(tree.right, place) };
  }

  private choice(tree: Of<'Ternary'>, place: Place): Node {
    const condition = this.used(tree.condition, place);
    return {
      type: 'choice',
      condition,
      then: this.used(tree.trueExpr, place),
      otherwise: this.used(tree.falseExpr, place),
    };
  }

  private arithmetic(tree: Of<'Arithmetic'>, place: Place): Node {
    const name = (tree.operator === 'Star' ? 'Multiply' : tree.operator) as ArithmeticName;
    return { type: 'arithmetic', name, left: this.used(tree.left, place), right: this.used(tree.right, place) };
  }

  private object(tree: Of<'MultiSelectHash'>, place: Place): Node {
    const members = tree.children.map(({ name, value }) => ({
      name: String(this.piece(name).token.value),
      value: this.used(value, place),
    }));
    return { type: 'object', members };
  }

  private slice({ start, stop, step }: Of<'Slice'>): Node {
    if (step === 0) throw new ExpressionError('expression_syntax', 'the step of a slice cannot be 0', this.find('['));
    return { type: 'slice', start, stop, step: step ?? 1 };
  }

  private literalValue(tree: Of<'Literal'>): Extract<Node, { type: 'literal' }>['value'] {
    const { token } = this.piece(String(tree.value));
    if (token.text === '[]') return [];
    if (token.text === '{}') return {};
    if (token.kind !== 'identifier') return token.value;
    return token.text === 'null' ? null : token.text === 'true';
  }

  private call(tree: Of<'Function'>, place: Place): Node {
    const piece = this.piece(tree.name.slice(1));
    const definition = this.definition(piece);
    const fault = arityFault(definition, tree.children.length);
    if (fault !== null) throw new ExpressionError('function_arity', fault, at(piece));
    const args = tree.children.map((child, index) => this.argument(child, kindOf(definition, index), place));
    const headers = args[0]?.shape.kind === 'headers' && definition.name === 'get';
    const nodes = args.map(({ node }, index) => (headers && index === 1 ? lowered(node) : node));
    return { type: 'call', definition, args: nodes };
  }

  private definition(piece: Piece): FunctionDefinition {
    const definition = findFunction(piece.token.text);
    if (definition !== undefined) return definition;
    const suggestion = nearestFunction(piece.token.text);
    const hint = suggestion === null ? {} : { hint: `did you mean \`${suggestion}\`?` };
    throw new ExpressionError('unknown_function', `there is no function ${piece.token.text}()`, {
      ...at(piece),
      ...hint,
    });
  }

  private argument(tree: SyntaxNode, kind: string, place: Place): Resolved {
    const isReference = tree.type === 'ExpressionReference';
    if (isReference !== (kind === 'expression')) {
      const message = isReference ? '`&` where a value belongs' : 'an expression such as `&name` belongs here';
      throw new ExpressionError('expression_syntax', message, this.find(isReference ? '&' : '('));
    }
    if (!isReference) return this.use(this.resolve(tree, place));
    const { child } = tree as Of<'ExpressionReference'>;
    return { node: { type: 'reference', child: this.element(child, { ...place, strict: false }) }, shape: VALUE };
  }

  private piece(index: string): Piece {
    const piece = this.pieces[parseNumber(index) as number];
    if (piece === undefined) throw new ExpressionError('expression_syntax', 'not an expression');
    return piece;
  }

  private find(text: string): { offset: number } {
    return at(this.pieces.find(({ token }) => token.kind === 'punctuation' && token.text === text));
  }

  private wholeScope(): ExpressionError {
    const piece = this.pieces.find(({ token }) => token.text === '$' || token.text === '@');
    const hint = 'name what is needed: `$.config.x`';
    return new ExpressionError('whole_scope', 'this would read the whole scope, secrets included', {
      ...at(piece),
      hint,
    });
  }

  private refer(root: string, field: string | null): void {
    this.references.set(JSON.stringify([root, field]), { root, field });
  }
}

function lowered(node: Node): Node {
  const definition = findFunction('lower');
  return definition === undefined ? node : { type: 'call', definition, args: [node] };
}

function badBinding(where: { offset: number }): ExpressionError {
  return new ExpressionError('expression_syntax', 'let needs `$name = value`', where);
}
