import type { UrlTemplate } from '@orchid/expression';
import type { JsonValue } from '@orchid/kernel';
import type { CompiledRequest, CompiledValue, RetryPolicy } from '../compiled-plan';
import { knownFields } from '../document/nearest-name';
import { below } from '../json-path';
import type { BodyFormat } from '@orchid/http-client';
import type { RetryDocument, StepDocument } from '../plan-document';
import type { Compilation } from './compilation';
import type { ExpressionReader } from './expression-reader';
import { checkHeaders } from './step-headers';
import type { StepPlace } from './step-place';

const DEFAULT_TIMEOUT_SECONDS = 30;
const DEFAULT_STEP_TIMEOUT_SECONDS = 300;

/** Compiles what a step sends and how it reads the answer; null for a step without `url`. */
export function compileRequest(
  compilation: Compilation,
  reader: ExpressionReader,
  place: StepPlace,
  step: StepDocument,
): CompiledRequest | null {
  const at = place.documentPath;
  const params = compileValues(reader, `${at}.params`, step.params, 'param');
  const headers = compileValues(reader, `${at}.headers`, step.headers, 'header');
  checkHeaders(compilation.findings, `${at}.headers`, step.headers);
  const body = step.body === undefined ? null : reader.value(`${at}.body`, step.body, 'body');
  if (step.url === undefined) return null;
  return {
    method: step.method ?? 'GET',
    url: compileUrl(compilation, reader, `${at}.url`, { url: step.url, params: [...params.keys()] }),
    headers,
    params,
    body,
    bodyFormat: step.body_format ?? usualFormat(step.body),
    timeoutMs: milliseconds(step.timeout_seconds ?? DEFAULT_TIMEOUT_SECONDS),
    stepTimeoutMs: milliseconds(step.step_timeout_seconds ?? DEFAULT_STEP_TIMEOUT_SECONDS),
    retry: retryPolicy(step.retry),
    ...decoding(compilation, place, step),
  };
}

function decoding(
  { caps, findings }: Compilation,
  { documentPath }: StepPlace,
  step: StepDocument,
): Pick<CompiledRequest, 'responseFormat' | 'csv' | 'maxResponseBytes' | 'decompress' | 'forceArray' | 'rowsPerPage'> {
  const { response_format: format = 'auto', rows_per_page: rows, max_response_bytes: asked } = step;
  if (rows !== undefined && !['auto', 'csv', 'ndjson'].includes(format)) {
    const message = `Rows can be read from ndjson and csv only, not from ${format}.`;
    findings.fault(
      `${documentPath}.rows_per_page`,
      'conflicting_fields',
      message,
      'Remove rows_per_page, or set response_format to csv or ndjson.',
    );
  }
  if (asked !== undefined && asked > caps.maxResponseBytes) {
    const message = `This deployment allows at most ${caps.maxResponseBytes} bytes.`;
    findings.warn(`${documentPath}.max_response_bytes`, 'capped', message, 'The smaller number holds.');
  }
  return {
    responseFormat: format,
    csv: step.csv ?? null,
    maxResponseBytes: asked === undefined ? null : Math.min(asked, caps.maxResponseBytes),
    decompress: step.decompress ?? [],
    forceArray: step.force_array ?? [],
    rowsPerPage: rows ?? null,
  };
}

function compileValues(
  reader: ExpressionReader,
  path: string,
  values: Readonly<Record<string, JsonValue>> | undefined,
  position: 'header' | 'param',
): ReadonlyMap<string, CompiledValue> {
  const entries = Object.entries(values ?? {});
  return new Map(entries.map(([name, value]) => [name, reader.value(below(path, name), value, position)]));
}

function compileUrl(
  { configFields, findings }: Compilation,
  reader: ExpressionReader,
  path: string,
  { url, params }: { readonly url: string; readonly params: readonly string[] },
): UrlTemplate {
  const compiled = reader.url(path, url, params);
  for (const name of compiled.placeholders) {
    if (configFields === null || params.includes(name) || configFields.has(name)) continue;
    const message = `{${name}} is neither a param of the step nor a field of the config.`;
    const known = knownFields(name, new Set([...params, ...configFields]));
    findings.fault(
      path,
      'unknown_placeholder',
      message,
      `Add ${name} to params, or write an expression such as {item.id}. ${known}`,
    );
  }
  return compiled;
}

/** A body that is one island gives what it evaluates to, an object mostly; other text is text. */
function usualFormat(body: JsonValue | undefined): BodyFormat {
  if (typeof body !== 'string') return 'json';
  return /^\s*\{[\s\S]*\}\s*$/.test(body) ? 'json' : 'text';
}

const RETRIED_STATUSES = [408, 425, 429, 500, 502, 503, 504];

/** The statuses a step repeats. */
export function retriedStatuses(retry: RetryDocument | undefined): ReadonlySet<number> {
  return new Set(retry?.on ?? RETRIED_STATUSES);
}

function retryPolicy(retry: RetryDocument | undefined): RetryPolicy {
  return {
    maxRetries: retry?.max_retries ?? 3,
    backoff: retry?.backoff_type ?? 'fibonacci',
    initialDelayMs: retry?.initial_delay_ms ?? 1_000,
    maxDelayMs: retry?.max_delay_ms ?? 60_000,
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1_000);
}
