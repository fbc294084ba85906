import { isJsonObject, setOwn, type JsonObject, type JsonValue } from '@orchid/kernel';
import type { ContextUpdate } from '@orchid/plan';
import { StepError } from './step.errors';

/** The stored context and what this execution wants to change in it, which is committed with success only. */
export class ContextLedger {
  private readonly visible: JsonObject = {};
  private readonly reduced: JsonObject = {};

  constructor(
    private readonly stored: JsonObject,
    pending: JsonObject,
  ) {
    const { visible, reduced } = pending;
    if (isJsonObject(visible)) Object.assign(this.visible, visible);
    if (isJsonObject(reduced)) Object.assign(this.reduced, reduced);
  }

  /** For a checkpoint. */
  get pending(): JsonObject {
    return { visible: this.visible, reduced: this.reduced };
  }

  /** `context` as expressions see it on a pass of a loop; `changes` as {@link changes} gave them earlier, else those of now. */
  scope(pass: number, changes: JsonObject = this.visible): JsonObject {
    return { ...this.stored, ...changes, loop_count: pass };
  }

  /** What this execution has changed so far, as far as expressions see it. */
  changes(): JsonObject {
    return { ...this.visible };
  }

  /** What to store on success; null removes a field. */
  updates(): JsonObject {
    return { ...this.visible, ...this.reduced };
  }

  /** Seen at once by what runs after it. */
  set(name: string, value: JsonValue): void {
    this.visible[name] = value;
  }

  /** Seen only after success: concurrent items may write in any order. `key` makes it one value per key. */
  reduce(update: ContextUpdate, value: JsonValue, key: string | null): void {
    if (value === null || update.reduce === null) return;
    if (key === null) {
      this.reduced[update.name] = chosen(update.reduce, this.reduced[update.name] ?? this.storedValue(update), value);
      return;
    }
    const byKey = this.byKey(update.name);
    const known = Object.hasOwn(byKey, key) ? byKey[key] : undefined;
    setOwn(byKey, key, chosen(update.reduce, known, value));
  }

  private byKey(name: string): JsonObject {
    const begun = this.reduced[name];
    if (isJsonObject(begun)) return begun;
    const stored = this.stored[name];
    const copy: JsonObject = isJsonObject(stored) ? { ...stored } : {};
    this.reduced[name] = copy;
    return copy;
  }

  private storedValue(update: ContextUpdate): JsonValue | undefined {
    return update.reduce === 'last' ? undefined : this.stored[update.name];
  }
}

function chosen(reduce: 'max' | 'min' | 'last', known: JsonValue | undefined, value: JsonValue): JsonValue {
  if (reduce === 'last' || known === undefined || known === null) return value;
  if (!isOrdered(known) || !isOrdered(value) || (typeof known === 'string') !== (typeof value === 'string')) {
    throw new StepError('not_comparable', `cannot take the ${reduce} of ${typeof known} and ${typeof value}`);
  }
  const greater = value > known;
  return (reduce === 'max') === greater ? value : known;
}

function isOrdered(value: JsonValue): value is string | number | bigint {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
}
