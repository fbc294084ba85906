import type { ArithmeticName, ComparisonName } from './node';

interface Binary<T extends string> {
  readonly type: T;
  readonly left: SyntaxNode;
  readonly right: SyntaxNode;
}
interface Wrapping<T extends string> {
  readonly type: T;
  readonly child: SyntaxNode;
}

/** A node of the grammar's syntax tree. Names and literals in it are indexes of pieces. */
export type SyntaxNode =
  | { readonly type: 'Current' | 'Identity' | 'Root' }
  | { readonly type: 'Field' | 'Variable'; readonly name: string }
  | { readonly type: 'Literal' | 'Index'; readonly value: number }
  | {
      readonly type: 'Slice';
      readonly start: number | null;
      readonly stop: number | null;
      readonly step: number | null;
    }
  | { readonly type: 'Function'; readonly name: string; readonly children: readonly SyntaxNode[] }
  | { readonly type: 'MultiSelectList'; readonly children: readonly SyntaxNode[] }
  | {
      readonly type: 'MultiSelectHash';
      readonly children: readonly { readonly name: string; readonly value: SyntaxNode }[];
    }
  | {
      readonly type: 'Comparator';
      readonly name: ComparisonName;
      readonly left: SyntaxNode;
      readonly right: SyntaxNode;
    }
  | {
      readonly type: 'Arithmetic';
      readonly operator: ArithmeticName | 'Star';
      readonly left: SyntaxNode;
      readonly right: SyntaxNode;
    }
  | { readonly type: 'Unary'; readonly operator: 'Plus' | 'Minus'; readonly operand: SyntaxNode }
  | {
      readonly type: 'Ternary';
      readonly condition: SyntaxNode;
      readonly trueExpr: SyntaxNode;
      readonly falseExpr: SyntaxNode;
    }
  | {
      readonly type: 'FilterProjection';
      readonly left: SyntaxNode;
      readonly condition: SyntaxNode;
      readonly right: SyntaxNode;
    }
  | { readonly type: 'LetExpression'; readonly bindings: readonly SyntaxNode[]; readonly expression: SyntaxNode }
  | { readonly type: 'Binding'; readonly variable: string; readonly reference: SyntaxNode }
  | Binary<'Subexpression' | 'IndexExpression' | 'Pipe' | 'OrExpression' | 'AndExpression'>
  | Binary<'Projection' | 'ValueProjection'>
  | Wrapping<'NotExpression' | 'Flatten' | 'ExpressionReference'>;

export type SyntaxOf<T extends SyntaxNode['type']> = SyntaxNode & { readonly type: T };
