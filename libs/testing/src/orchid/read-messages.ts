import type { Channel, ConsumedRecord, DataMessage, ExecutionEvent } from '@orchid/messaging';
import type { Orchid } from './start-orchid';

/** A message of one execution as a consumer gets it; `record` says where it was. */
export interface ReadMessage<Value> {
  readonly record: ConsumedRecord;
  readonly value: Value;
}

export type ReadData = ReadMessage<DataMessage & { readonly response_body: unknown }>;

/** All records of a channel that are there now, in the order of each partition. */
export async function readAll(orchid: Orchid, channel: Channel): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  for await (const record of orchid.reader.read(channel, { from: 'beginning', until: 'end' })) records.push(record);
  return records;
}

/** The data messages of one execution. */
export async function readData(
  orchid: Orchid,
  channel: 'responses' | 'errors',
  executionId: string,
): Promise<ReadData[]> {
  const messages = await readOf<DataMessage & { response_body: unknown }>(orchid, channel, executionId);
  return messages.filter(({ value }) => 'message_id' in value);
}

export async function readEvents(orchid: Orchid, executionId: string): Promise<ExecutionEvent[]> {
  const messages = await readOf<ExecutionEvent>(orchid, 'events', executionId);
  return messages.filter(({ value }) => 'type' in value).map(({ value }) => value);
}

async function readOf<Value>(orchid: Orchid, channel: Channel, executionId: string): Promise<ReadMessage<Value>[]> {
  const records = await readAll(orchid, channel);
  return records
    .filter((record) => record.headers.execution_id === executionId)
    .map((record) => ({ record, value: JSON.parse(record.value) as Value }));
}
