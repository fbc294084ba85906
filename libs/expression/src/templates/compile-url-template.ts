import { ExpressionError } from '../expression.errors';
import {
  type CompileOptions,
  type Expression,
  PLAN_ROOTS,
  type Reference,
  type Scope,
  type UrlTemplate,
} from '../expression.types';
import { tooCostly } from '../run';
import { checkTemplateLength, compileIsland, factsOf, gather } from './compiled-parts';
import { type Part, readIslands } from './islands';
import { type Address, readAddress } from './url-address';
import { renderHost, renderQueryPart, renderSegment } from './url-encoding';
import { addPairs, paramPairs, rawPairs, type RawPairs, replacePairs } from './url-query';
import {
  configValue,
  type Pair,
  type Params,
  type Slot,
  splitUrl,
  type UrlPart,
  type UrlParts,
  type Zones,
} from './url-zones';

export interface UrlTemplateOptions extends CompileOptions {
  /** The names of the step's params: a placeholder of that name is the param, any other is a value of `config`. */
  readonly params?: readonly string[];
}

const SCHEME = /^https?:\/\//i;
const MAX_URL = 65_536;

/** Compiles the url of a step. Throws `ExpressionError` with the offset in `source`. */
export function compileUrlTemplate(source: string, options: UrlTemplateOptions = {}): UrlTemplate {
  checkTemplateLength(source);
  const parts = readIslands(source, { roots: options.roots ?? PLAN_ROOTS, placeholders: true });
  const expressions: Expression[] = [];
  const urlParts = parts.map((part) => toUrlPart(part, { source, options, expressions }));
  const placeholders = [...new Set(parts.flatMap((part) => (part.kind === 'placeholder' ? [part.name] : [])))];
  const facts = gather([
    ...expressions.map(factsOf),
    { references: configReferences(placeholders, options), warnings: [], islands: [] },
  ]);
  const params = new Set(placeholders);
  const render = compileRendering(source, urlParts);
  return {
    source,
    ...facts,
    placeholders,
    single: urlParts.length === 1 && typeof urlParts[0] !== 'string',
    render: (scope, given) => bounded(render({ scope, params: given, used: params })),
  };
}

function bounded(url: string): string {
  if (url.length > MAX_URL) throw tooCostly(`a url is at most ${MAX_URL} characters long`);
  return url;
}

function configReferences(placeholders: readonly string[], { params = [] }: UrlTemplateOptions): Reference[] {
  return placeholders.filter((name) => !params.includes(name)).map((field) => ({ root: 'config', field }));
}

interface Compilation {
  readonly source: string;
  readonly options: UrlTemplateOptions;
  readonly expressions: Expression[];
}

function toUrlPart(part: Part, { source, options, expressions }: Compilation): UrlPart {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'placeholder') return placeholder(part.name);
  const expression = compileIsland(source, part, options);
  expressions.push(expression);
  return { label: part.source, value: (scope) => expression.evaluate(scope) };
}

function placeholder(name: string): Slot {
  return {
    label: name,
    value: (scope, params) => (Object.hasOwn(params, name) ? (params[name] ?? null) : configValue(scope, name)),
  };
}

interface Rendering {
  readonly scope: Scope;
  readonly params: Params;
  /** Names of placeholders: a param of that name goes into the path and not into the query. */
  readonly used: ReadonlySet<string>;
}

type Render = (rendering: Rendering) => string;

function compileRendering(source: string, parts: UrlParts): Render {
  const [first, ...rest] = parts;
  if (first === undefined) throw notAbsolute(source);
  if (typeof first !== 'string') return rest.length === 0 ? renderAddress(first) : renderAfterAddress(first, rest);
  const scheme = SCHEME.exec(first)?.[0];
  if (scheme === undefined) throw notAbsolute(source);
  const zones = splitUrl(
    [first.slice(scheme.length), ...rest].filter((part) => part !== ''),
    true,
  );
  checkHost(source, scheme, zones.host);
  return renderLiteral(scheme, zones);
}

function notAbsolute(source: string): ExpressionError {
  return new ExpressionError('bad_url', 'a url begins with http://, https:// or an island that holds an address', {
    expression: source,
    offset: 0,
  });
}

function checkHost(source: string, scheme: string, host: UrlParts): void {
  // Any label will do to see whether the literal text around the islands makes a host.
  const sample = host.map((part) => (typeof part === 'string' ? part : '1')).join('');
  if (URL.canParse(scheme + sample) && !/[\s\\]/.test(sample)) return;
  throw new ExpressionError('bad_url', 'not a host', { expression: source, offset: scheme.length });
}

/** The url is one island: its own query wins over params. */
function renderAddress(slot: Slot): Render {
  return ({ scope, params, used }) => {
    const { beforeQuery, query } = readAddress(slot.value(scope, params), slot.label);
    return withQuery(beforeQuery, query, addPairs(rawPairs(query), paramPairs(params, used)));
  };
}

function renderAfterAddress(slot: Slot, rest: UrlParts): Render {
  const zones = splitUrl(rest, false);
  const segments = trimLeading(zones.path);
  const hasPath = typeof rest[0] !== 'string' || !/^[?#]/.test(rest[0]);
  return (rendering) => {
    const { scope, params } = rendering;
    const address = readAddress(slot.value(scope, params), slot.label);
    const path = segments.map((segment) => renderSegment(segment, scope, params)).join('/');
    const before = hasPath ? `${address.beforeQuery.replace(/\/+$/, '')}/${path}` : address.beforeQuery;
    return finish(before, address, zones, rendering);
  };
}

/** Without the slashes a path begins with: the joint adds exactly one. */
function trimLeading(path: readonly UrlParts[]): readonly UrlParts[] {
  const first = path.findIndex((segment) => segment.length > 0);
  return first === -1 ? [] : path.slice(first);
}

function renderLiteral(scheme: string, zones: Zones): Render {
  return (rendering) => {
    const { scope, params } = rendering;
    const host = renderHost(zones.host, scope, params);
    const path = zones.path.map((segment) => `/${renderSegment(segment, scope, params)}`).join('');
    const before = scheme + host;
    if (!URL.canParse(before)) throw new ExpressionError('bad_host_value', 'the values do not make a host');
    return finish(before + path, null, zones, rendering);
  };
}

function finish(before: string, address: Address | null, zones: Zones, { scope, params, used }: Rendering): string {
  const own = [
    ...rawPairs(address?.query ?? null),
    ...(zones.query ?? []).map((pair) => renderPair(pair, scope, params)),
  ];
  return withQuery(before, null, replacePairs(own, paramPairs(params, used)));
}

function renderPair({ name, value }: Pair, scope: Scope, params: Params): string {
  const left = renderQueryPart(name, scope, params);
  return value === null ? left : `${left}=${renderQueryPart(value, scope, params)}`;
}

/** Leaves a query that nothing was added to exactly as it came. */
function withQuery(before: string, original: string | null, pairs: RawPairs): string {
  if (original !== null && rawPairs(original).length === pairs.length) return `${before}?${original}`;
  return pairs.length === 0 ? before : `${before}?${pairs.join('&')}`;
}
