import { stringifyJson, type JsonValue } from '@orchid/kernel';
import { Breather } from './breather';
import type { InnerState } from './checkpoint';
import { emitTooLarge, fits, itemsRecord, type Place } from './emitter';
import type { Execution } from './execution';

/** Publishes a page's items as one message, or as several parts where one would be larger than the broker takes. */
export async function emitItemsPage(
  run: Execution,
  place: Place,
  inner: InnerState,
  items: readonly JsonValue[],
): Promise<void> {
  const { exchange, extracted } = inner;
  const { itemIndex } = place.frame;
  const groups = await group(items, roomFor(run, place, inner, items.length));
  for (const [index, json] of groups.entries()) {
    const part = groups.length > 1 ? { part: { index, count: groups.length } } : {};
    const record = itemsRecord(run, place, { exchange, extracted, item: { itemIndex, ...part }, json });
    if (fits(run, record)) await place.frame.sink.add(record);
    else await emitTooLarge(run, place, exchange, { itemIndex, ...part });
  }
}

/** Bytes that a message has left for its list of items. */
function roomFor(run: Execution, place: Place, { exchange, extracted }: InnerState, most: number): number {
  // The widest part numbers stand in for the real ones, which are not known yet.
  const item = { itemIndex: place.frame.itemIndex, part: { index: most, count: most } };
  const empty = itemsRecord(run, place, { exchange, extracted, item, json: '[]' });
  return run.ports.publisher.maxMessageBytes - Buffer.byteLength(empty.value);
}

/** Lists as JSON text, each within `room` bytes, brackets apart; an item that is larger by itself stands alone. */
async function group(items: readonly JsonValue[], room: number): Promise<string[]> {
  const groups: string[] = [];
  const breather = new Breather();
  let texts: string[] = [];
  let bytes = 0;
  for (const item of items) {
    const text = stringifyJson(item);
    const size = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && bytes + size > room) {
      groups.push(`[${texts.join(',')}]`);
      [texts, bytes] = [[], 0];
    }
    texts.push(text);
    bytes += size;
    if (breather.isDue) await breather.rest();
  }
  if (texts.length > 0 || groups.length === 0) groups.push(`[${texts.join(',')}]`);
  return groups;
}
