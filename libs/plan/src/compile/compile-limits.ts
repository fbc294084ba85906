import type { Expression } from '@orchid/expression';
import type { CompiledLimit } from '../compiled-plan';
import { soundEntries } from '../document/sound-part';
import type { RateLimitDocument } from '../plan-document';
import type { Compilation } from './compilation';
import { ExpressionReader } from './expression-reader';
import { compileGlob } from './path-glob';

const DEFAULT_MAX_WAIT_SECONDS = 60;
const METHOD_PREFIX = 'method:';

/** Compiles a plan's limits. `stepIds` are the ids a limit may match. */
export function compileLimits(
  compilation: Compilation,
  limits: readonly RateLimitDocument[] | undefined,
  stepIds: ReadonlySet<string>,
): CompiledLimit[] {
  const compiled = soundEntries(limits).map(([index, document]) => {
    const path = `$.rate_limits[${index}]`;
    checkMatch(compilation, path, document, stepIds);
    checkNumbers(compilation, path, document);
    return { path, limit: compileLimit(compilation, path, document) };
  });
  compiled.forEach(({ path, limit }, index) => {
    const earlier = compiled.slice(0, index).find((other) => sameBucket(other.limit, limit));
    if (earlier !== undefined && numbersOf(earlier.limit) !== numbersOf(limit)) differs(compilation, path, limit);
  });
  return compiled.map(({ limit }) => limit);
}

function compileLimit(compilation: Compilation, path: string, document: RateLimitDocument): CompiledLimit {
  const reader = new ExpressionReader(compilation);
  const count = (field: 'requests' | 'window_secs' | 'max_concurrent') => {
    const value = document[field] ?? null;
    return typeof value === 'string' ? reader.expression(`${path}.${field}`, value, ['config']) : value;
  };
  const scope = document.scope ?? 'global';
  return {
    document,
    name: document.name ?? `${scope}:${document.match ?? '*'}`,
    scope,
    matches: compileMatch(document.match),
    requests: count('requests'),
    windowSecs: count('window_secs'),
    maxConcurrent: count('max_concurrent'),
    priority: document.priority ?? 0,
    maxWaitMs: Math.round((document.max_wait_seconds ?? DEFAULT_MAX_WAIT_SECONDS) * 1_000),
    onExceeded: document.on_exceeded ?? 'park',
    dynamic: compileDynamic(reader, `${path}.dynamic`, document.dynamic),
  };
}

function compileDynamic(
  reader: ExpressionReader,
  path: string,
  dynamic: RateLimitDocument['dynamic'],
): CompiledLimit['dynamic'] {
  if (dynamic === undefined) return null;
  const learned = (field: 'limit' | 'remaining' | 'reset' | 'retry_after') => {
    const source = dynamic[field];
    return source === undefined ? null : reader.expression(`${path}.${field}`, source, ['response', 'config']);
  };
  return {
    limit: learned('limit'),
    remaining: learned('remaining'),
    reset: learned('reset'),
    retryAfter: learned('retry_after'),
    resetFormat: dynamic.reset_format ?? 'auto',
  };
}

function compileMatch(match: string | undefined): CompiledLimit['matches'] {
  if (match === undefined) return () => true;
  if (match.startsWith(METHOD_PREFIX)) {
    const [method = '', glob] = match.slice(METHOD_PREFIX.length).trim().split(/\s+/, 2);
    const onPath = glob === undefined ? () => true : compileGlob(glob);
    return (request) => request.method.toUpperCase() === method.toUpperCase() && onPath(request.path);
  }
  if (!isGlob(match)) return (request) => request.stepId === match;
  const onPath = compileGlob(match);
  return (request) => onPath(request.path);
}

function isGlob(match: string): boolean {
  return match.startsWith('/') || match.includes('*');
}

const METHOD_MATCH = /^method:\s*(?:GET|POST|PUT|PATCH|DELETE|HEAD)(?:\s+[/*]\S*)?$/i;
const STEP_ID = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkMatch(
  { findings }: Compilation,
  path: string,
  { match }: RateLimitDocument,
  stepIds: ReadonlySet<string>,
): void {
  const at = `${path}.match`;
  if (match === undefined || (isGlob(match) && !match.startsWith(METHOD_PREFIX))) return;
  const known = match.startsWith(METHOD_PREFIX) ? METHOD_MATCH.test(match) : STEP_ID.test(match);
  if (!known) {
    const hint = 'Write a path such as /api/contacts/*, a method such as method:POST, or the id of a step.';
    findings.fault(at, 'invalid_match', 'This matches neither a path nor a method nor a step.', hint);
  } else if (!match.startsWith(METHOD_PREFIX) && !stepIds.has(match)) {
    findings.warn(at, 'matches_nothing', `The plan has no step called ${match}.`, 'A path begins with a slash.');
  }
}

function checkNumbers({ findings }: Compilation, path: string, limit: RateLimitDocument): void {
  const has = (field: keyof RateLimitDocument) => limit[field] !== undefined || findings.isBroken(`${path}.${field}`);
  if (has('requests') !== has('window_secs')) {
    const missing = has('requests') ? 'window_secs' : 'requests';
    findings.fault(`${path}.${missing}`, 'required', 'requests and window_secs belong together.', `Add ${missing}.`);
  } else if (!has('requests') && !has('max_concurrent') && !has('dynamic')) {
    const hint = 'Add requests and window_secs, max_concurrent, or dynamic.';
    findings.fault(path, 'empty_limit', 'The limit limits nothing.', hint);
  }
}

function sameBucket(a: CompiledLimit, b: CompiledLimit): boolean {
  return a.name === b.name && a.scope === b.scope;
}

function numbersOf({ requests, windowSecs, maxConcurrent }: CompiledLimit): string {
  const shown = (value: Expression | number | null) => (typeof value === 'object' ? (value?.canonical ?? null) : value);
  return JSON.stringify([shown(requests), shown(windowSecs), shown(maxConcurrent)]);
}

function differs({ findings }: Compilation, path: string, limit: CompiledLimit): void {
  const message = `The bucket ${limit.name} (${limit.scope}) has other numbers in an earlier limit of this plan.`;
  findings.fault(path, 'limit_differs', message, 'Give both the same numbers, or give one of them another name.');
}
