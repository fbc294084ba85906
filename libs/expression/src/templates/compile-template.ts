import { type CompileOptions, PLAN_ROOTS, type Template } from '../expression.types';
import { checkTemplateLength, compileIsland, type CompiledPart, factsOf, gather, renderText } from './compiled-parts';
import { readIslands } from './islands';

/** Compiles text with islands. Throws `ExpressionError` with the offset in `source`. */
export function compileTemplate(source: string, options: CompileOptions = {}): Template {
  checkTemplateLength(source);
  const parts = readIslands(source, { roots: options.roots ?? PLAN_ROOTS, placeholders: false });
  const compiled: CompiledPart[] = parts.map((part) => {
    if (part.kind === 'island') return compileIsland(source, part, options);
    return part.kind === 'text' ? part.text : '';
  });
  const expressions = compiled.filter((part) => typeof part !== 'string');
  const [only] = expressions;
  const single = compiled.length === 1 && only !== undefined ? only : null;
  return {
    source,
    ...gather(expressions.map(factsOf)),
    single: single !== null,
    render: single === null ? (scope) => renderText(compiled, scope) : (scope) => single.evaluate(scope),
  };
}
