import { stableId, stringifyJson, type JsonObject, type JsonValue } from '@orchid/kernel';
import { dataRecord, type DataMessage, type MessageError, type OutgoingRecord } from '@orchid/messaging';
import type { CompiledStep } from '@orchid/plan';
import { emptyExchange, type Exchange } from './exchange';
import type { Execution } from './execution';
import type { ExecutionError } from './execution-outcome';
import type { Frame } from './frame';

/** What a message speaks of. */
export interface Place {
  readonly step: CompiledStep;
  readonly frame: Frame;
  readonly page: number;
}

export interface ItemPlace {
  readonly itemIndex: number | null;
  readonly part?: { readonly index: number; readonly count: number };
}

/** Publishes an answer; one that outgrows the broker's limit goes to the error topic without its body. */
export async function emitPage(run: Execution, place: Place, exchange: Exchange, extracted: JsonObject): Promise<void> {
  const text = exchange.json ?? stringifyJson(exchange.response.body ?? null);
  const item = { itemIndex: place.frame.itemIndex };
  const record = dataRecord('responses', messageOf(run, place, { exchange, extracted, item }), text);
  if (fits(run, record)) return place.frame.sink.add(record);
  await emitTooLarge(run, place, exchange, item);
}

/** One message that holds these items of a page. */
export function itemsRecord(run: Execution, place: Place, content: ItemsContent): OutgoingRecord {
  return dataRecord('responses', messageOf(run, place, content), content.json);
}

export interface ItemsContent {
  readonly exchange: Exchange;
  readonly extracted: JsonObject;
  readonly item: ItemPlace;
  /** The list of them, as text. */
  readonly json: string;
}

/** Publishes a failure, with the answer that caused it when there was one. */
export async function emitError(
  run: Execution,
  place: Place,
  error: MessageError,
  exchange: Exchange | null,
): Promise<void> {
  const shown = exchange ?? emptyExchange;
  const content = { exchange: shown, extracted: {}, item: { itemIndex: place.frame.itemIndex } };
  const message = {
    ...messageOf(run, place, content),
    message_id: errorId(run, place, content.item, error),
    error: safe(run, error),
  };
  const record = dataRecord('errors', message, shown.json ?? stringifyJson(shown.response.body ?? null));
  await place.frame.sink.add(fits(run, record) ? record : dataRecord('errors', message, 'null'));
}

/** Says that a page was too large to publish, so that a consumer learns of it; the execution is then no longer complete. */
export async function emitTooLarge(run: Execution, place: Place, exchange: Exchange, item: ItemPlace): Promise<void> {
  await emitOutsized(run, place, { exchange, item, code: 'message_too_large', json: 'null' });
}

/** The same of an item: its message has the item without what its sub-steps attached, where that fits. */
export async function emitItemTooLarge(
  run: Execution,
  place: Place,
  { exchange, index, bare }: OutsizedItem,
): Promise<void> {
  run.receipt.counts.items_failed += 1;
  const json = `[${stringifyJson(bare)}]`;
  await emitOutsized(run, place, { exchange, item: { itemIndex: index }, code: 'item_too_large', json });
}

export interface OutsizedItem {
  readonly exchange: Exchange;
  readonly index: number;
  readonly bare: JsonValue;
}

interface Outsized {
  readonly exchange: Exchange;
  readonly item: ItemPlace;
  readonly code: 'message_too_large' | 'item_too_large';
  readonly json: string;
}

async function emitOutsized(run: Execution, place: Place, { exchange, item, code, json }: Outsized): Promise<void> {
  const limit = run.ports.publisher.maxMessageBytes;
  const text = `the message would be larger than the ${limit} bytes the broker takes`;
  const error: MessageError = { code, type: 'permanent', message: text, attempts: 1 };
  run.partial ??= { code, type: 'partial', message: text, step_path: place.step.path };
  const message = {
    ...messageOf(run, place, { exchange, extracted: {}, item }),
    message_id: errorId(run, place, item, error),
    error,
  };
  const record = dataRecord('errors', message, json);
  await place.frame.sink.add(fits(run, record) ? record : dataRecord('errors', message, 'null'));
}

export function fits(run: Execution, record: OutgoingRecord): boolean {
  const limit = run.ports.publisher.maxMessageBytes;
  if (record.value.length > limit) return false;
  // UTF-8 needs at most three bytes for each UTF-16 unit: most messages need no count.
  return record.value.length * 3 <= limit || Buffer.byteLength(record.value) <= limit;
}

export function messageError(error: ExecutionError, attempts: number, deferredUntil?: number): MessageError {
  const { code, type, message } = error;
  return {
    code,
    type,
    message,
    attempts,
    ...(deferredUntil !== undefined && { deferred_until: new Date(deferredUntil).toISOString() }),
  };
}

function safe(run: Execution, error: MessageError): MessageError {
  return { ...error, message: run.input.redactor.text(error.message) };
}

interface MessageContent {
  readonly exchange: Exchange;
  readonly extracted: JsonObject;
  readonly item: ItemPlace;
}

function messageOf(run: Execution, place: Place, content: MessageContent): DataMessage {
  const { input, ports } = run;
  const { exchange, item } = content;
  const { status_code, headers, duration_ms } = exchange.response;
  const trace = ports.traceIds();
  return {
    schema_version: 1,
    message_id: messageId(run, place, item),
    tenant_id: input.tenantId,
    integration: input.integration,
    plan_key: input.plan.document.key,
    plan_version: input.planVersion,
    config_id: input.configId,
    execution_id: input.executionId,
    step_path: place.step.path,
    page: place.page,
    item_index: item.itemIndex,
    ...(item.part !== undefined && { part: item.part }),
    timestamp: new Date(ports.clock.now()).toISOString(),
    trace_id: trace?.traceId ?? null,
    span_id: trace?.spanId ?? null,
    request_url: exchange.request.shownUrl,
    request_method: exchange.request.method,
    request_headers: exchange.request.shownHeaders,
    status_code: typeof status_code === 'number' ? status_code : null,
    response_headers: shownHeaders(run, headers ?? {}),
    ...(exchange.encoding !== null && { response_encoding: exchange.encoding }),
    response_size: exchange.size,
    duration_ms: typeof duration_ms === 'number' ? duration_ms : 0,
    extracted_data: content.extracted,
  };
}

function messageId(run: Execution, place: Place, item: ItemPlace): string {
  return stableId(...identity(run, place, item));
}

/** A failure and a later success of one page are two facts. */
function errorId(run: Execution, place: Place, item: ItemPlace, error: MessageError): string {
  return stableId(...identity(run, place, item), error.code);
}

function identity(run: Execution, place: Place, item: ItemPlace): (string | number)[] {
  const trail = place.frame.trail.map(([page, index]) => `${page}:${index}`).join(',');
  return [run.input.executionId, place.step.path, trail, place.page, item.itemIndex ?? -1, item.part?.index ?? 0];
}

const shownBefore = new WeakMap<object, Record<string, string>>();

/** An answer's headers are masked once, however many items of it are published. */
function shownHeaders(run: Execution, headers: JsonValue): Record<string, string> {
  const key = headers as Record<string, string>;
  const shown = shownBefore.get(key) ?? (run.input.redactor.headers(key) as Record<string, string>);
  shownBefore.set(key, shown);
  return shown;
}
