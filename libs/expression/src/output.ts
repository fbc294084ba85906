import { childrenOf } from './node-size';
import type { Node } from './node';

/** Whether a result can hold more than the data it was made from: something in it is built, perhaps many times over. */
export function buildsValues(node: Node): boolean {
  if (node.type === 'list' || node.type === 'object' || node.type === 'call') return true;
  return childrenOf(node).some(buildsValues);
}
