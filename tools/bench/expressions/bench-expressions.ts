import { createRequire } from 'node:module';
import type * as Jmespath from '@jmespath-community/jmespath' with { 'resolution-mode': 'import' };
import { compileExpression, compileTemplate, compileUrlTemplate, type Scope } from '@orchid/expression';
import { stringifyJson, type JsonValue } from '@orchid/kernel';
import { collectSources } from './collect-sources';
import { measure, type Rate } from './measure';
import { scopeOfAPage } from './scope';

// The package ships a CommonJS build but declares types for the other one only, so an import would not type-check.
const jmespath = createRequire(__filename)('@jmespath-community/jmespath') as typeof Jmespath;
const { compile: compilePlain, TreeInterpreter } = jmespath;

export interface ExpressionFigures {
  readonly name: 'expressions';
  readonly unit: 'evaluations/s';
  readonly plans: number;
  readonly expressions: Rate & { readonly count: number };
  readonly templates: Rate & { readonly count: number };
  /** The expressions that the JMESPath library alone evaluates to the same result. */
  readonly comparable: {
    readonly count: number;
    readonly ours: number;
    readonly plain: number;
    readonly ratio: number;
  };
}

type Work = () => unknown;

/** Measures evaluation of what real plans consist of, and how it compares with the JMESPath library's own interpreter. */
export function benchExpressions(log: (line: string) => void): Promise<ExpressionFigures> {
  const scope = scopeOfAPage();
  const sources = collectSources();
  const expressions = [...sources.expressions].flatMap((source) => usable(() => compileExpression(source), scope));
  const templates = [
    ...[...sources.templates].flatMap((source) => usable(() => templateOf(source), scope)),
    ...[...sources.urls].flatMap((source) => usable(() => urlOf(source), scope)),
  ];
  const pairs = [...sources.expressions].flatMap((source) => pairOf(source, scope));
  const [ours, plain] = measure([pairs.map((pair) => pair.ours), pairs.map((pair) => pair.plain)]);
  const [each] = measure([expressions]);
  const [rendered] = measure([templates]);
  if (ours === undefined || plain === undefined || each === undefined || rendered === undefined) {
    throw new Error('nothing was measured');
  }
  const figures: ExpressionFigures = {
    name: 'expressions',
    unit: 'evaluations/s',
    plans: sources.plans,
    expressions: { count: expressions.length, ...each },
    templates: { count: templates.length, ...rendered },
    comparable: {
      count: pairs.length,
      ours: ours.per_second,
      plain: plain.per_second,
      ratio: Math.round((ours.per_second / plain.per_second) * 100) / 100,
    },
  };
  report(figures, log);
  return Promise.resolve(figures);
}

function report({ plans, expressions, templates, comparable }: ExpressionFigures, log: (line: string) => void): void {
  log(`from ${plans} plans`);
  log(`${expressions.count} expressions: ${expressions.per_second}/s, ${expressions.bytes_each} bytes each`);
  log(`${templates.count} templates: ${templates.per_second}/s, ${templates.bytes_each} bytes each`);
  log(
    `${comparable.count} of both: ${comparable.ours}/s, JMESPath alone ${comparable.plain}/s, ratio ${comparable.ratio}`,
  );
}

interface Evaluable {
  evaluate(scope: Scope): JsonValue;
}

function templateOf(source: string): Evaluable {
  const template = compileTemplate(source);
  return { evaluate: (scope) => template.render(scope) };
}

function urlOf(source: string): Evaluable {
  const template = compileUrlTemplate(source, { params: ['user_id'] });
  return { evaluate: (scope) => template.render(scope, { user_id: 7, limit: 100, since: '2026-01-01' }) };
}

/** Nothing where the source cannot be evaluated on these data. */
function usable(compiled: () => Evaluable, scope: Scope): Work[] {
  try {
    const one = compiled();
    one.evaluate(scope);
    return [() => one.evaluate(scope)];
  } catch {
    return [];
  }
}

function pairOf(source: string, scope: Scope): { readonly ours: Work; readonly plain: Work }[] {
  try {
    const mine = compileExpression(source);
    const tree = compilePlain(source);
    const data = scope as unknown as Jmespath.JSONValue;
    const same = stringifyJson(mine.evaluate(scope)) === JSON.stringify(TreeInterpreter.search(tree, data));
    return same ? [{ ours: () => mine.evaluate(scope), plain: () => TreeInterpreter.search(tree, data) }] : [];
  } catch {
    return [];
  }
}
