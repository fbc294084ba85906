import type { OutgoingRecord, Publisher } from '@orchid/messaging';

export interface Published {
  readonly messages: number;
  readonly errors: number;
  /** Records of the API within the messages. */
  readonly records: number;
  /** Every record came once, and in order. */
  readonly in_order: boolean;
  readonly bytes: number;
}

const ID = /\{"id":(\d+),"name"/g;

/** Acknowledges on the next turn of the event loop and keeps nothing but counts. */
export class CountingPublisher implements Publisher {
  readonly maxMessageBytes = 1_000_000;
  readonly published: { -readonly [Name in keyof Published]: Published[Name] } = {
    messages: 0,
    errors: 0,
    records: 0,
    in_order: true,
    bytes: 0,
  };

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    for (const record of records) this.count(record);
    await new Promise((resolve) => setImmediate(resolve));
  }

  ping(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private count({ channel, value }: OutgoingRecord): void {
    const { published } = this;
    published.bytes += value.length;
    if (channel === 'errors') published.errors += 1;
    if (channel !== 'responses') return;
    published.messages += 1;
    for (const [, id] of value.matchAll(ID)) {
      published.records += 1;
      if (Number(id) !== published.records) published.in_order = false;
    }
  }
}
