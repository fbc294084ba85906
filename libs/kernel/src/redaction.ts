export const REDACTED = '[REDACTED]';

const SECRET_HEADERS = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'x-api-key']);
const SHORTEST_SECRET = 4;

/** Whether a header's value is never shown, whatever it holds. `name` in any case. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.has(name.toLowerCase());
}

/**
 * Replaces every occurrence of known secret values - as they are, URL-encoded, base64 and JSON-escaped - by `[REDACTED]`.
 * Values shorter than four characters are left: masking them would destroy ordinary text.
 */
export class Redactor {
  private readonly forms = new Set<string>();
  private pattern: RegExp | undefined;

  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.add(secret);
  }

  /** Adds a secret that became known later, such as a token. */
  add(secret: string): void {
    if (secret.length < SHORTEST_SECRET || this.forms.has(secret)) return;
    for (const form of formsOf(secret)) this.forms.add(form);
    const longestFirst = [...this.forms].sort((a, b) => b.length - a.length);
    this.pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g');
  }

  text(text: string): string {
    return this.pattern === undefined ? text : text.replace(this.pattern, REDACTED);
  }

  headers(headers: Readonly<Record<string, string | string[]>>): Record<string, string | string[]> {
    const shown: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(headers)) shown[name] = this.header(name, value);
    return shown;
  }

  private header(name: string, value: string | string[]): string | string[] {
    if (isSecretHeader(name)) return REDACTED;
    return typeof value === 'string' ? this.text(value) : value.map((each) => this.text(each));
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const json = JSON.stringify(secret).slice(1, -1);
  const urlEncoded = Buffer.from(encodeURIComponent(secret), 'utf8').toString();
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const base64 = bytes.toString('base64');
  return [secret, json, urlEncoded, form, base64, base64.replace(/=+$/, ''), bytes.toString('base64url')];
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
