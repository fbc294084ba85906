import type { ConsumedRecord, RecordReader } from '@orchid/messaging';
import { numberOf } from '@orchid/testing';

/** A message as far as the demonstration looks into it. */
export interface DemoMessage {
  readonly message_id: string;
  readonly execution_id: string;
  readonly step_path: string;
  readonly page: number;
  readonly item_index: number | null;
  readonly status_code: number;
  readonly request_method: string;
  readonly request_url: string;
  readonly response_body: readonly { readonly id: string; readonly details?: { readonly id: string } }[];
}

const FIRST_KEPT = 3;

/** Reads the topic of answers back, as a consumer would, and counts what belongs to one execution. */
export class MessageCounter {
  readonly first: DemoMessage[] = [];
  private readonly ids = new Set<string>();
  private readonly numbers = new Set<number>();
  private readonly stopping = new AbortController();
  private reading: Promise<void> = Promise.resolve();
  private executionId = '';

  constructor(private readonly reader: RecordReader) {}

  get count(): number {
    return this.ids.size;
  }

  /** How many contacts have not arrived with their details. */
  missing(contacts: number): number {
    return contacts - this.numbers.size;
  }

  start(executionId: string): void {
    this.executionId = executionId;
    this.reading = this.read();
  }

  /** Throws what went wrong with the reading. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
    await this.reader.close();
  }

  private async read(): Promise<void> {
    const { signal } = this.stopping;
    for await (const record of this.reader.read('responses', { from: 'beginning', signal })) this.take(record);
  }

  private take({ headers, value }: ConsumedRecord): void {
    if (headers.execution_id !== this.executionId) return;
    const message = JSON.parse(value) as DemoMessage;
    this.ids.add(message.message_id);
    if (this.first.length < FIRST_KEPT) this.first.push(message);
    for (const { id, details } of message.response_body) {
      if (details?.id === id) this.numbers.add(numberOf(id));
    }
  }
}

/** One message in one line of at most `width` characters. */
export function shortMessage(message: DemoMessage, width: number): string {
  const { pathname, search } = new URL(message.request_url);
  const place = `page ${message.page}, item ${message.item_index ?? '-'}`;
  const text = `${place}  ${message.request_method} ${pathname}${search} ${message.status_code}  ${JSON.stringify(message.response_body)}`;
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
