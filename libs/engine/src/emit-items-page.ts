import type { JsonValue } from '@orchid/kernel';
import type { OutgoingRecord } from '@orchid/messaging';
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
  const groups = split(run, place, inner, items);
  for (const [index, group] of groups.entries()) {
    const part = groups.length > 1 ? { part: { index, count: groups.length } } : {};
    const record = recordOf(run, place, { inner, items: group, part });
    if (fits(run, record)) await place.frame.sink.add(record);
    else await emitTooLarge(run, place, inner.exchange, { itemIndex: place.frame.itemIndex, ...part });
  }
}

interface Group {
  readonly inner: InnerState;
  readonly items: readonly JsonValue[];
  readonly part: { readonly part?: { readonly index: number; readonly count: number } };
}

function recordOf(run: Execution, place: Place, { inner, items, part }: Group): OutgoingRecord {
  const item = { itemIndex: place.frame.itemIndex, ...part };
  return itemsRecord(run, place, { exchange: inner.exchange, extracted: inner.extracted, item, items });
}

/** Halves until every group fits; a single item that does not fit stands alone. */
function split(run: Execution, place: Place, inner: InnerState, items: readonly JsonValue[]): (readonly JsonValue[])[] {
  // The widest part numbers stand in for the real ones, which are not known yet.
  const part = { part: { index: items.length, count: items.length } };
  if (items.length <= 1 || fits(run, recordOf(run, place, { inner, items, part }))) return [items];
  const middle = Math.ceil(items.length / 2);
  return [...split(run, place, inner, items.slice(0, middle)), ...split(run, place, inner, items.slice(middle))];
}
