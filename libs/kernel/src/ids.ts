import { v5, v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562, section 5.7): ids sort by the time they were made. */
export function newId(): string {
  return v7();
}

const MESSAGE_NAMESPACE = '7f1c1b8e-6f0e-5c1a-9d52-0c6f5c3f5a11';

/** The UUIDv5 (RFC 9562, section 5.5) of a list of facts: the same facts give the same id on every host and attempt. */
export function stableId(...facts: readonly (string | number)[]): string {
  return v5(JSON.stringify(facts), MESSAGE_NAMESPACE);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
