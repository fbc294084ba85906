import type { Node } from './node';

/** How many nodes run when this one does, at most: the price of one element in a projection. */
export function nodeSize(node: Node): number {
  return 1 + childrenOf(node).reduce((sum, child) => sum + nodeSize(child), 0);
}

/** The nodes directly below one. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.type) {
    case 'member':
    case 'pipe':
    case 'or':
    case 'and':
    case 'compare':
    case 'arithmetic':
    case 'project':
      return [node.left, node.right];
    case 'filter':
      return [node.left, node.condition, node.right];
    case 'not':
    case 'flatten':
    case 'minus':
    case 'plus':
    case 'reference':
      return [node.child];
    case 'choice':
      return [node.condition, node.then, node.otherwise];
    case 'list':
      return node.items;
    case 'object':
      return node.members.map(({ value }) => value);
    case 'let':
      return [...node.bindings.map(({ value }) => value), node.body];
    case 'call':
      return node.args;
    default:
      return [];
  }
}
