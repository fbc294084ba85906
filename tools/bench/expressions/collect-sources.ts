import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '@orchid/kernel';

/** What plans are made of, as their authors wrote it. */
export interface Sources {
  readonly plans: number;
  readonly expressions: ReadonlySet<string>;
  readonly templates: ReadonlySet<string>;
  readonly urls: ReadonlySet<string>;
}

const ROOT = path.resolve(__dirname, __dirname.includes(`${path.sep}dist${path.sep}`) ? '../../../..' : '../../..');
const FENCE = /^```json[^\n]*\n([\s\S]*?)^```/gm;
const EXPRESSIONS = new Set(['while', 'break_when', 'next_url', 'iterate_over', 'until', 'expr']);
const NAMED = new Set(['vars', 'init', 'extract', 'context_updates']);
const TEMPLATES = new Set(['params', 'headers', 'body']);

/** Every expression and template of the example plans and of the plans in the cookbook. */
export function collectSources(): Sources {
  const examples = path.join(ROOT, 'libs/plan/examples');
  const texts = [
    ...readdirSync(examples).map((file) => readFileSync(path.join(examples, file), 'utf8')),
    ...[...readFileSync(path.join(ROOT, 'docs/cookbook.md'), 'utf8').matchAll(FENCE)].map(([, text = '']) => text),
  ];
  const steps = texts.flatMap((text) => {
    const document = parseJson(text);
    return isJsonObject(document) && isJsonObject(document.step) ? [document.step] : [];
  });
  const found = { expressions: new Set<string>(), templates: new Set<string>(), urls: new Set<string>() };
  for (const step of steps) readStep(step, found);
  return { plans: steps.length, ...found };
}

type Found = Pick<Mutable<Sources>, 'expressions' | 'templates' | 'urls'>;
type Mutable<T> = { [Name in keyof T]: T[Name] extends ReadonlySet<infer V> ? Set<V> : T[Name] };

function readStep(step: JsonObject, found: Found): void {
  for (const [name, value] of Object.entries(step)) {
    if (EXPRESSIONS.has(name) || name.endsWith('_when')) textsOf(value, found.expressions);
    else if (NAMED.has(name)) textsOf(expressionsOf(value), found.expressions);
    else if (name === 'url') textsOf(value, found.urls);
    else if (TEMPLATES.has(name)) textsOf(value, found.templates);
    else for (const each of stepsIn(name, value)) readStep(each, found);
  }
}

/** Values of a map of names; a reducer's expression stands in an object. */
function expressionsOf(named: JsonValue): JsonValue[] {
  if (!isJsonObject(named)) return [];
  return Object.values(named).map((each) => (isJsonObject(each) ? (each.expr ?? null) : each));
}

function stepsIn(name: string, value: JsonValue): JsonObject[] {
  if (name === 'poll' && isJsonObject(value)) return [value];
  return name === 'sub_steps' && Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textsOf(value: JsonValue, into: Set<string>): void {
  if (typeof value === 'string') into.add(value);
  else if (Array.isArray(value)) for (const each of value) textsOf(each, into);
  else if (isJsonObject(value)) for (const each of Object.values(value)) textsOf(each, into);
}
