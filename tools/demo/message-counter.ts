import { setTimeout as sleep } from 'node:timers/promises';
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
  readonly response_body: readonly DemoContact[];
}

interface DemoContact {
  readonly id: string;
  readonly name: string;
  /** What the sub-step fetched. */
  readonly details?: { readonly id: string; readonly score: number };
}

const FIRST_KEPT = 3;
const RETRY_AFTER_MS = 250;

/** Reads the topic of answers back, as a consumer would, and counts what belongs to one execution. */
export class MessageCounter {
  readonly first: DemoMessage[] = [];
  private readonly ids = new Set<string>();
  private readonly numbers = new Set<number>();
  private readonly stopping = new AbortController();
  private reading: Promise<void> = Promise.resolve();
  private executionId = '';
  private failure: string | null = null;

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

  /** What went wrong with the reading, if it did not come to work after all. */
  get trouble(): string | null {
    return this.failure;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reading;
    await this.reader.close();
  }

  private async read(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const record of this.reader.read('responses', { from: 'beginning', signal })) this.take(record);
      } catch (error) {
        // The topic is made with its first message.
        this.failure = error instanceof Error ? error.message : String(error);
        await sleep(RETRY_AFTER_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private take({ headers, value }: ConsumedRecord): void {
    this.failure = null;
    if (headers.execution_id !== this.executionId) return;
    const message = JSON.parse(value) as DemoMessage;
    this.ids.add(message.message_id);
    if (this.first.length < FIRST_KEPT) this.first.push(message);
    for (const { id, details } of message.response_body) {
      if (details?.id === id) this.numbers.add(numberOf(id));
    }
  }
}

/** One message in one line, with what a reader recognises it by. */
export function shortMessage({ page, item_index: item, request_method: method, ...message }: DemoMessage): string {
  const { pathname } = new URL(message.request_url);
  const [contact] = message.response_body;
  const known = JSON.stringify({ id: contact?.id, name: contact?.name }).slice(0, -1);
  const details = JSON.stringify({ score: contact?.details?.score }).slice(0, -1);
  return `page ${page}, item ${item ?? '-'}: ${method} ${pathname} ${message.status_code} ${known},…,"details":${details},…}}`;
}
