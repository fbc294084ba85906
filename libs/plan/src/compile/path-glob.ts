import { RE2JS } from 're2js';

/**
 * Compiles a glob on a path: `*` stands for any text within a segment, `**` for any text. Matching takes time linear in
 * the path, whatever the glob.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const parts = glob.split(/(\*+)/).map((part) => {
    if (part === '*') return '[^/]*';
    return part.startsWith('*') ? '.*' : RE2JS.quote(part);
  });
  const pattern = RE2JS.compile(parts.join(''), RE2JS.DOTALL);
  return (path) => pattern.matches(path);
}
