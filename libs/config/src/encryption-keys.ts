import { createHash } from 'node:crypto';
import type { Kind } from './kind';

/** A 256-bit key of AES-256-GCM and the id stored beside what it encrypted. */
export interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

const KEY_BYTES = 32;
const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/_-]+={0,2})$/;

/** `id:base64,id:base64`: the first key encrypts, all of them decrypt. */
export const encryptionKeys: Kind<readonly EncryptionKey[]> = {
  accepts: `id:base64,id:base64 - each key ${KEY_BYTES} random bytes in base64, the first one encrypts`,
  parse: (given) => {
    const keys: EncryptionKey[] = [];
    for (const [index, entry] of given.split(',').entries()) {
      const [, id, base64] = ENTRY.exec(entry.trim()) ?? [];
      if (id === undefined || base64 === undefined)
        return { problem: `has an entry (number ${index + 1}) that is not id:base64` };
      const key = Buffer.from(base64, 'base64');
      if (key.length !== KEY_BYTES) return { problem: `has a key (number ${index + 1}) of ${key.length} bytes` };
      if (keys.some((known) => known.id === id)) return { problem: `names the key id ${id} twice` };
      keys.push({ id, key });
    }
    return { value: keys };
  },
};

/** The same on every machine, hence no secret: what development encrypts survives a restart without any set-up. */
export function developmentKeys(): readonly EncryptionKey[] {
  return [
    { id: 'development', key: createHash('sha256').update('orchid: not a secret, for development only').digest() },
  ];
}
