import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { OrchidError } from '@orchid/kernel';

/** Where a sealed value belongs: it opens nowhere else. */
export interface RowIdentity {
  readonly tenantId: string;
  readonly table: string;
  readonly id: string;
}

/** The encryption keys are unusable (type `config`), or a sealed value was changed, moved, or sealed with a key not listed. */
export class SecretBoxError extends OrchidError {
  constructor(code: 'encryption_keys_invalid' | 'secret_unreadable' | 'encryption_keys_missing', message: string) {
    super(message, { code, type: 'config' });
  }
}

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Seals texts with AES-256-GCM (NIST SP 800-38D): a random nonce each, the row's identity as additional data.
 * Layout: format, length of key id, key id, nonce, tag, ciphertext.
 */
export class SecretBox {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly current: string;

  /** `keys`: parsed, or as in `ENCRYPTION_KEYS`: `id:base64` separated by commas, 32 bytes each; the first seals, all open. */
  constructor(keys: string | readonly { readonly id: string; readonly key: Buffer }[]) {
    const entries =
      typeof keys === 'string'
        ? keys.split(',').map((entry) => parseKey(entry.trim()))
        : keys.map(({ id, key }) => [id, key] as const);
    this.keys = new Map(entries);
    if (this.keys.size !== entries.length) throw invalidKeys('two keys have one id');
    this.current = entries[0]?.[0] ?? '';
  }

  seal(text: string, row: RowIdentity): Buffer {
    const keyId = Buffer.from(this.current, 'utf8');
    const nonce = randomBytes(NONCE_BYTES);
    const header = Buffer.concat([Buffer.from([FORMAT, keyId.length]), keyId]);
    const cipher = createCipheriv('aes-256-gcm', this.key(this.current), nonce);
    cipher.setAAD(additionalData(header, row));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([header, nonce, cipher.getAuthTag(), sealed]);
  }

  open(sealed: Buffer, row: RowIdentity): string {
    const header = sealed.subarray(0, 2 + (sealed[1] ?? 0));
    const [nonceEnd, tagEnd] = [header.length + NONCE_BYTES, header.length + NONCE_BYTES + TAG_BYTES];
    if (sealed[0] !== FORMAT || sealed.length < tagEnd) throw unreadable('it is damaged');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.key(keyIdOf(header)),
      sealed.subarray(header.length, nonceEnd),
    );
    decipher.setAAD(additionalData(header, row)).setAuthTag(sealed.subarray(nonceEnd, tagEnd));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]).toString('utf8');
    } catch {
      throw unreadable('it was changed, or belongs to another row');
    }
  }

  /** The same for texts that belong to no row, such as what is kept in Redis: `aad` names the place. */
  forTexts(kind: string): { seal(text: string, aad: string): string; open(sealed: string, aad: string): string } {
    const row = (aad: string): RowIdentity => ({ tenantId: '', table: kind, id: aad });
    return {
      seal: (text, aad) => this.seal(text, row(aad)).toString('base64'),
      open: (sealed, aad) => this.open(Buffer.from(sealed, 'base64'), row(aad)),
    };
  }

  /** Whether it was sealed with a key that no longer seals: seal it again to retire that key. */
  isOutdated(sealed: Buffer): boolean {
    return keyIdOf(sealed.subarray(0, 2 + (sealed[1] ?? 0))) !== this.current;
  }

  private key(id: string): Buffer {
    const key = this.keys.get(id);
    if (key === undefined) throw unreadable(`its key "${KEY_ID.test(id) ? id : '?'}" is not in ENCRYPTION_KEYS`);
    return key;
  }
}

function keyIdOf(header: Buffer): string {
  return header.subarray(2).toString('utf8');
}

function additionalData(header: Buffer, row: RowIdentity): Buffer {
  return Buffer.concat([header, Buffer.from(JSON.stringify([row.tenantId, row.table, row.id]), 'utf8')]);
}

function parseKey(entry: string): [string, Buffer] {
  const [id = '', encoded = ''] = entry.split(/:(.*)/s);
  const key = Buffer.from(encoded, 'base64');
  if (!KEY_ID.test(id)) throw invalidKeys('each must be "id:base64", the id of letters, digits, _ and -');
  if (key.length !== KEY_BYTES) throw invalidKeys(`the key "${id}" has ${key.length} bytes, not ${KEY_BYTES}`);
  return [id, key];
}

function invalidKeys(reason: string): SecretBoxError {
  return new SecretBoxError('encryption_keys_invalid', `ENCRYPTION_KEYS: ${reason}.`);
}

function unreadable(reason: string): SecretBoxError {
  return new SecretBoxError('secret_unreadable', `A stored secret cannot be read: ${reason}.`);
}
