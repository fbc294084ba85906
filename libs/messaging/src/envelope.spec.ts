import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { DataMessage } from './data-message';
import { dataRecord, eventRecord, serializeDataMessage } from './envelope';
import type { ExecutionCompleted, ExecutionStarted } from './execution-event';
import { messageSchemas } from './message-schemas';

const message = (over: Partial<DataMessage> = {}): DataMessage => ({
  // Built in another order than the contract's on purpose.
  extracted_data: { cursor: 'c' },
  duration_ms: 250,
  response_size: 1024,
  response_headers: { 'content-type': 'application/json' },
  status_code: 200,
  request_headers: { authorization: '[REDACTED]', accept: ['a', 'b'] },
  request_method: 'GET',
  request_url: 'https://api.example.com/contacts?page=1',
  span_id: '00f067aa0ba902b7',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  timestamp: '2026-01-15T10:30:00.000Z',
  item_index: 0,
  page: 1,
  step_path: 'root.get_details',
  execution_id: 'e-1',
  config_id: 'c-1',
  plan_version: 3,
  plan_key: 'contacts-sync',
  integration: 'salesforce',
  tenant_id: 't-1',
  message_id: '0e1f6a0a-6c1b-5c5f-9a4e-0f6b8f1c2d3e',
  schema_version: 1,
  ...over,
});

const started: ExecutionStarted = {
  type: 'execution.started',
  tenant_id: 't-1',
  integration: 'salesforce',
  plan_key: 'contacts-sync',
  plan_version: 3,
  config_id: 'c-1',
  execution_id: 'e-1',
  status: 'running',
  timestamp: '2026-01-15T10:30:00.000Z',
};
const completed: ExecutionCompleted = {
  ...started,
  type: 'execution.completed',
  status: 'success',
  receipt: {
    pages: 2,
    api_calls: 3,
    records: 20,
    items_total: 20,
    items_failed: 0,
    items_ignored: 0,
    bytes: 4096,
    published: 2,
    loops: [{ step_path: 'root', pages: 2, stop_reason: 'while_false' }],
    complete: true,
  },
};

const ajv = addFormats(new Ajv2020({ allErrors: true, allowUnionTypes: true }));
const faults = (schema: keyof typeof messageSchemas, text: string) => {
  const validate = ajv.compile(messageSchemas[schema]);
  validate(JSON.parse(text));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
};
const error = { code: 'http_404', type: 'permanent', message: 'not found', attempts: 4 } as const;

describe('serializeDataMessage', () => {
  it('writes the fields in the order of the contract', () => {
    const text = serializeDataMessage(
      message({ part: { index: 0, count: 2 }, response_encoding: 'base64', error }),
      '"aGk="',
    );
    expect(Object.keys(JSON.parse(text) as object)).toEqual([
      ...['schema_version', 'message_id', 'tenant_id', 'integration', 'plan_key', 'plan_version', 'config_id'],
      ...['execution_id', 'step_path', 'page', 'item_index', 'part', 'timestamp', 'trace_id', 'span_id'],
      ...['request_url', 'request_method', 'request_headers', 'status_code', 'response_headers', 'response_encoding'],
      ...['response_body', 'response_size', 'duration_ms', 'extracted_data', 'error'],
    ]);
    expect(faults('error', text)).toEqual([]);
  });

  it('splices the body in character by character', () => {
    const body = '{"b":9007199254740993, "2":1.50,"a":{"b":1,"b":2},"$&":"$1","nested":{"response_body":null}}';
    const text = serializeDataMessage(message(), body);
    expect(text).toContain(`,"response_body":${body},"response_size":1024,`);
    expect(faults('response', text)).toEqual([]);
  });

  it('leaves out what is absent and keeps what is null', () => {
    const text = serializeDataMessage(message({ item_index: null, trace_id: null, status_code: null }), 'null');
    const parsed = JSON.parse(text) as Record<string, unknown>;
    expect(parsed).toMatchObject({ item_index: null, trace_id: null, status_code: null, response_body: null });
    for (const name of ['part', 'response_encoding', 'error']) expect(parsed).not.toHaveProperty(name);
    expect(faults('response', text)).toEqual([]);
    expect(faults('error', text)).toEqual([" must have required property 'error'"]);
  });

  it('keeps the digits of long integers in extracted data, and text that needs escaping', () => {
    const text = serializeDataMessage(
      message({ extracted_data: { id: 9007199254740993n, text: 'a"b\n' }, plan_key: 'x"y' }),
      '1',
    );
    expect(text).toContain('"extracted_data":{"id":9007199254740993,"text":"a\\"b\\n"}');
    expect(text).toContain('"plan_key":"x\\"y"');
  });
});

describe('dataRecord', () => {
  it('has the key and the headers of the contract', () => {
    expect(dataRecord('responses', message(), '{}')).toMatchObject({
      channel: 'responses',
      key: 't-1:e-1',
      headers: {
        tenant_id: 't-1',
        integration: 'salesforce',
        plan_key: 'contacts-sync',
        execution_id: 'e-1',
        message_id: '0e1f6a0a-6c1b-5c5f-9a4e-0f6b8f1c2d3e',
        schema_version: '1',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
    });
  });

  it('takes the trace from the caller, and leaves absent trace headers out', () => {
    const traced = dataRecord('errors', message(), '{}', { traceparent: '00-a-b-00', tracestate: 'x=1' });
    expect(traced.headers).toMatchObject({ traceparent: '00-a-b-00', tracestate: 'x=1' });
    expect(Object.keys(dataRecord('errors', message({ span_id: null }), '{}').headers)).not.toContain('traceparent');
  });
});

describe('eventRecord', () => {
  it('goes to the events channel with the key of the data and a message id that is always the same', () => {
    const [first, again] = [eventRecord(started), eventRecord(started)];
    expect(first).toMatchObject({ channel: 'events', key: 't-1:e-1' });
    expect(first.headers.message_id).toBe(again.headers.message_id);
    expect(first.headers.message_id).not.toBe(eventRecord(completed).headers.message_id);
    expect(faults('executionStarted', first.value)).toEqual([]);
    expect(faults('executionCompleted', eventRecord(completed).value)).toEqual([]);
    expect(faults('executionCompleted', first.value)).not.toEqual([]);
  });
});
