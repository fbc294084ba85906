export const REDACTED = '[REDACTED]';

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'x-api-key']);
const SHORTEST_SECRET = 4;
/** A shorter run of letters turns up by chance. */
const SHORTEST_BASE64_PART = 8;

/** Whether a header's value is never shown, whatever it holds. `name` in any case. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase());
}

/**
 * Replaces every occurrence of known secret values - as they are, URL-encoded, base64, also as a part of something
 * longer in base64, and JSON-escaped - by `[REDACTED]`.
 * Values shorter than four characters are left: masking them would destroy ordinary text.
 */
export class Redactor {
  private readonly secrets = new Set<string>();
  private readonly forms = new Set<string>();
  private pattern: RegExp | undefined;

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.learn(secret);
    this.compile();
  }

  /** Adds a secret that became known later, such as a token. */
  add(secret: string): void {
    if (this.learn(secret)) this.compile();
  }

  text(text: string): string {
    return this.pattern === undefined ? text : text.replace(this.pattern, REDACTED);
  }

  headers(headers: Readonly<Record<string, string | string[]>>): Record<string, string | string[]> {
    const shown: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(headers)) shown[name] = this.header(name, value);
    return shown;
  }

  private learn(secret: string): boolean {
    if (secret.length < SHORTEST_SECRET || this.secrets.has(secret)) return false;
    this.secrets.add(secret);
    for (const form of formsOf(secret)) this.forms.add(form);
    return true;
  }

  private compile(): void {
    if (this.forms.size === 0) return;
    const longestFirst = [...this.forms].sort((a, b) => b.length - a.length);
    this.pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g');
  }

  private header(name: string, value: string | string[]): string | string[] {
    if (isSecretHeader(name)) return REDACTED;
    return typeof value === 'string' ? this.text(value) : value.map((each) => this.text(each));
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Unpaired surrogates cannot be URL-encoded; in UTF-8 they are replaced.
  const wellFormed = bytes.toString('utf8');
  const url = encodeURIComponent(wellFormed);
  const strictUrl = url.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ s: wellFormed }).toString().slice(2);
  const encoded = [url, strictUrl, form];
  return [
    secret,
    wellFormed,
    JSON.stringify(secret).slice(1, -1),
    ...encoded,
    ...encoded.map((each) => each.replace(/%../g, (code) => code.toLowerCase())),
    ...base64Forms(bytes),
  ];
}

/** In `user:secret` the secret starts at any of three places in a group of bytes: the letters that it alone decides. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const parts = [0, 1, 2].map((offset) => {
    const letters = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return letters.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
  });
  const telling = parts.filter((part) => part.length >= SHORTEST_BASE64_PART);
  // The padding belongs to the secret too, but is masked only where it follows.
  return [`${whole}==`, `${whole}=`, whole, ...telling].flatMap((each) => [
    each,
    each.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
