import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A member after a dot, in quotes, or an element. */
const SEGMENT = /\.([A-Za-z_][A-Za-z0-9_]*)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/g;

/** Finds where in a JSON text a JSONPath points: the value itself, or the nearest enclosing one that is there. */
export function locator(text: string): (path: string) => Place {
  const tree = parseTree(text);
  return (path) => {
    const segments = segmentsOf(path);
    for (let length = segments.length; tree !== undefined && length > 0; length -= 1) {
      const node = findNodeAtLocation(tree, segments.slice(0, length));
      if (node !== undefined) return placeOf(text, startOf(node));
    }
    return placeOf(text, tree?.offset ?? 0);
  };
}

/** The name of a member is what a reader looks for, not its value. */
function startOf(node: Node): number {
  return node.parent?.type === 'property' ? node.parent.offset : node.offset;
}

function segmentsOf(path: string): (string | number)[] {
  return [...path.matchAll(SEGMENT)].map(([, plain, quoted, index]) => {
    if (index !== undefined) return Number(index);
    return plain ?? (quoted ?? '').replace(/\\(u[0-9a-f]{4}|.)/g, unescaped);
  });
}

function unescaped(_whole: string, escape: string): string {
  return escape.length === 5 ? String.fromCharCode(Number.parseInt(escape.slice(1), 16)) : escape;
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
