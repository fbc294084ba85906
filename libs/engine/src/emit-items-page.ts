import { stringifyJson, type JsonObject, type JsonValue } from '@orchid/kernel';
import { Breather } from './breather';
import type { InnerState } from './checkpoint';
import { emitItemTooLarge, emitTooLarge, fits, itemsRecord, type Place } from './emitter';
import type { Execution } from './execution';

export interface PageItem {
  /** In the page. */
  readonly index: number;
  readonly enriched: JsonValue;
  /** The item without anything attached. */
  readonly bare: () => JsonObject;
}

interface Groups {
  /** Lists as JSON text, each within the room of a message. */
  readonly lists: readonly string[];
  /** Items that are larger than a message by themselves. */
  readonly outsized: readonly PageItem[];
}

/** Publishes a page's items as one message, or as several parts where one would be larger than the broker takes. */
export async function emitItemsPage(
  run: Execution,
  place: Place,
  inner: InnerState,
  items: readonly PageItem[],
): Promise<void> {
  const { exchange, extracted } = inner;
  const { itemIndex } = place.frame;
  const { lists, outsized } = await group(items, roomFor(run, place, inner, items.length));
  for (const [index, json] of lists.entries()) {
    const part = lists.length > 1 ? { part: { index, count: lists.length } } : {};
    const record = itemsRecord(run, place, { exchange, extracted, item: { itemIndex, ...part }, json });
    if (fits(run, record)) await place.frame.sink.add(record);
    else await emitTooLarge(run, place, exchange, { itemIndex, ...part });
  }
  for (const { index, bare } of outsized) await emitItemTooLarge(run, place, { exchange, index, bare: bare() });
}

/** Bytes that a message has left for its list of items. */
function roomFor(run: Execution, place: Place, { exchange, extracted }: InnerState, most: number): number {
  // The widest part numbers stand in for the real ones, which are not known yet.
  const item = { itemIndex: place.frame.itemIndex, part: { index: most, count: most } };
  const empty = itemsRecord(run, place, { exchange, extracted, item, json: '[]' });
  return run.ports.publisher.maxMessageBytes - Buffer.byteLength(empty.value);
}

async function group(items: readonly PageItem[], room: number): Promise<Groups> {
  const [lists, outsized]: [string[], PageItem[]] = [[], []];
  const breather = new Breather();
  let texts: string[] = [];
  let bytes = 0;
  for (const item of items) {
    const text = stringifyJson(item.enriched);
    const size = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && bytes + size > room) {
      lists.push(`[${texts.join(',')}]`);
      [texts, bytes] = [[], 0];
    }
    if (size > room) {
      outsized.push(item);
      continue;
    }
    texts.push(text);
    bytes += size;
    if (breather.isDue) await breather.rest();
  }
  if (texts.length > 0 || lists.length === 0) lists.push(`[${texts.join(',')}]`);
  return { lists, outsized };
}
