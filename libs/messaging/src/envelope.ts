import { stableId, stringifyJson } from '@orchid/kernel';
import type { DataMessage } from './data-message';
import type { ExecutionEvent } from './execution-event';
import type { Channel, OutgoingRecord } from './publisher.port';

const SCHEMA_VERSION = '1';

/** W3C trace context (sections 3.2 and 3.3) of the request a message came from. */
export interface TraceHeaders {
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/**
 * The envelope as JSON text, fields in the contract's order. `body` is JSON text and becomes `response_body` character
 * by character: it is not parsed, so integers beyond 2^53, key order and repeated keys survive.
 */
export function serializeDataMessage(message: DataMessage, body: string): string {
  const head = JSON.stringify(fieldsBeforeBody(message));
  const extracted = stringifyJson(message.extracted_data);
  const error = message.error === undefined ? '' : `,"error":${JSON.stringify(message.error)}`;
  const tail = `"response_size":${message.response_size},"duration_ms":${message.duration_ms},"extracted_data":${extracted}`;
  return `${head.slice(0, -1)},"response_body":${body},${tail}${error}}`;
}

function fieldsBeforeBody(message: DataMessage): object {
  return {
    schema_version: message.schema_version,
    message_id: message.message_id,
    tenant_id: message.tenant_id,
    integration: message.integration,
    plan_key: message.plan_key,
    plan_version: message.plan_version,
    config_id: message.config_id,
    execution_id: message.execution_id,
    step_path: message.step_path,
    page: message.page,
    item_index: message.item_index,
    part: message.part,
    timestamp: message.timestamp,
    trace_id: message.trace_id,
    span_id: message.span_id,
    request_url: message.request_url,
    request_method: message.request_method,
    request_headers: message.request_headers,
    status_code: message.status_code,
    response_headers: message.response_headers,
    response_encoding: message.response_encoding,
  };
}

/** The record of a data message; `bodyText` as in {@link serializeDataMessage}. The trace defaults to the message's own ids. */
export function dataRecord(
  channel: Channel,
  message: DataMessage,
  bodyText: string,
  trace: TraceHeaders = traceOf(message),
): OutgoingRecord {
  return {
    channel,
    key: recordKey(message),
    headers: recordHeaders(message, message.message_id, trace),
    value: serializeDataMessage(message, bodyText),
  };
}

/** The record of an execution event, on the `events` channel, in order with the execution's data. */
export function eventRecord(event: ExecutionEvent, trace: TraceHeaders = {}): OutgoingRecord {
  return {
    channel: 'events',
    key: recordKey(event),
    headers: recordHeaders(event, stableId(event.execution_id, event.type), trace),
    value: JSON.stringify(event),
  };
}

interface Origin {
  readonly tenant_id: string;
  readonly integration: string;
  readonly plan_key: string;
  readonly execution_id: string;
}

function recordKey(origin: Origin): string {
  return `${origin.tenant_id}:${origin.execution_id}`;
}

function recordHeaders(origin: Origin, messageId: string, trace: TraceHeaders): Record<string, string> {
  return {
    tenant_id: origin.tenant_id,
    integration: origin.integration,
    plan_key: origin.plan_key,
    execution_id: origin.execution_id,
    message_id: messageId,
    schema_version: SCHEMA_VERSION,
    ...(trace.traceparent !== undefined && { traceparent: trace.traceparent }),
    ...(trace.tracestate !== undefined && { tracestate: trace.tracestate }),
  };
}

function traceOf(message: DataMessage): TraceHeaders {
  if (message.trace_id === null || message.span_id === null) return {};
  return { traceparent: `00-${message.trace_id}-${message.span_id}-01` };
}
