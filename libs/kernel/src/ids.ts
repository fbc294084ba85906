import { hash } from 'node:crypto';
import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562, section 5.7): ids sort by the time they were made. */
export function newId(): string {
  return v7();
}

/** The namespace 7f1c1b8e-6f0e-5c1a-9d52-0c6f5c3f5a11, as bytes. */
const MESSAGE_NAMESPACE = Buffer.from('7f1c1b8e6f0e5c1a9d520c6f5c3f5a11', 'hex');

/** The UUIDv5 (RFC 9562, section 5.5) of a list of facts: the same facts give the same id on every host and attempt. */
export function stableId(...facts: readonly (string | number)[]): string {
  // Two ids a message: one call into the crypto library costs a third of what a general UUID library does around it.
  const digest = hash('sha1', Buffer.concat([MESSAGE_NAMESPACE, Buffer.from(JSON.stringify(facts))]), 'hex');
  const variant = ((parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  const [low, mid] = [digest.slice(0, 8), digest.slice(8, 12)];
  return `${low}-${mid}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
