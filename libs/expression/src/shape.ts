/**
 * What is known, when compiling, about a value an expression passes on.
 * - `scope`: the data itself, with all roots
 * - `root`: one root; `answer`: a root or a parent that is a response
 * - `headers`: names are in lower case
 */
export interface Shape {
  readonly kind: 'scope' | 'root' | 'answer' | 'headers' | 'value';
  /** The root this is, while nothing of it has been read. */
  readonly root: string | null;
}

export const SCOPE: Shape = { kind: 'scope', root: null };
export const VALUE: Shape = { kind: 'value', root: null };
const HEADERS: Shape = { kind: 'headers', root: null };
const ANSWER: Shape = { kind: 'answer', root: null };
const ANSWERS = new Set(['response', 'prev', 'parent']);

export function rootShape(root: string): Shape {
  if (root === 'headers') return { kind: 'headers', root };
  return { kind: ANSWERS.has(root) ? 'answer' : 'root', root };
}

/** The shape of a named member; a parent's `parent` is an answer again. */
export function memberShape(owner: Shape, name: string): Shape {
  if (owner.kind !== 'answer') return VALUE;
  if (name === 'headers') return HEADERS;
  return name === 'parent' && (owner.root === null || owner.root === 'parent') ? ANSWER : VALUE;
}
