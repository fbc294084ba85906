import fc from 'fast-check';
import { isSecretHeader, REDACTED, Redactor } from './redaction';

/** A secret of some entropy: one of few letters would turn up in any text by itself. */
const anySecret = fc
  .oneof(
    fc.string({ minLength: 8, maxLength: 40 }),
    fc.string({ unit: 'binary', minLength: 8, maxLength: 40 }),
    fc.base64String({ minLength: 8, maxLength: 64 }),
  )
  .filter((secret) => new Set(secret).size >= 6);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const wellFormed = (text: string) => Buffer.from(text).toString();
const lowerHex = (text: string) => text.replace(/%../g, (code) => code.toLowerCase());

const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  'URL component': (secret) => encodeURIComponent(wellFormed(secret)),
  'URL component in lower case': (secret) => lowerHex(encodeURIComponent(wellFormed(secret))),
  'form field': (secret) => new URLSearchParams([['', wellFormed(secret)]]).toString().slice(1),
  base64,
  'base64 without padding': (secret) => base64(secret).replace(/=+$/, ''),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
};

describe('Redactor', () => {
  it.each(Object.keys(FORMS))('lets no secret through: %s', (name) => {
    const form = FORMS[name] ?? String;
    fc.assert(
      fc.property(anySecret, fc.lorem(), (secret, around) => {
        const masked = new Redactor([secret]).text(`${around} ${form(secret)} ${around}`);
        expect(masked).toBe(`${around} ${REDACTED} ${around}`);
      }),
    );
  });

  it('finds a secret within something longer in base64, wherever it starts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 9 }), anySecret, fc.string({ maxLength: 5 }), (user, secret, after) => {
        const masked = new Redactor([secret]).text(`Basic ${base64(`${user}:${secret}${after}`)}`);
        // What is left besides the mask are the few letters that belong to both sides.
        const remains = Buffer.from(masked.replace(REDACTED, ''), 'base64').toString('latin1');
        expect(masked).toContain(REDACTED);
        expect(remains).not.toContain(Buffer.from(secret).toString('latin1').slice(2, -2));
      }),
    );
  });

  it('masks each of several secrets, the longer before one within it', () => {
    const redactor = new Redactor(['token', 'token-and-more']);
    expect(redactor.text('token-and-more, token')).toBe(`${REDACTED}, ${REDACTED}`);
    redactor.add('later');
    expect(redactor.text('sooner or later')).toBe(`sooner or ${REDACTED}`);
  });

  it('knows the forms of a secret that is itself a form of another', () => {
    const first = 'open sesame';
    const redactor = new Redactor([first]);
    redactor.add(base64(first));
    expect(redactor.text(base64(base64(first)))).toBe(REDACTED);
  });

  it('leaves ordinary text, also with nothing or little to hide', () => {
    expect(new Redactor().text('a text')).toBe('a text');
    expect(new Redactor(['', 'a', 'abc']).text('abc')).toBe('abc');
    expect(new Redactor(['s3cret-value']).text('c2Vjcm 0123')).toBe('c2Vjcm 0123');
  });

  it('takes what a secret holds for text, not for a pattern', () => {
    expect(new Redactor(['.*+?^${}()|[]\\/-']).text('anything .*+?^${}()|[]\\/-')).toBe(`anything ${REDACTED}`);
  });

  it('masks whole headers that carry credentials and secrets in others', () => {
    const headers = {
      Authorization: 'anything',
      'Set-Cookie': ['a=1'],
      'x-trace': ['key hunter22', 'b'],
      accept: '*/*',
    };
    expect(new Redactor(['hunter22']).headers(headers)).toEqual({
      Authorization: REDACTED,
      'Set-Cookie': REDACTED,
      'x-trace': [`key ${REDACTED}`, 'b'],
      accept: '*/*',
    });
    expect([isSecretHeader('COOKIE'), isSecretHeader('Accept')]).toEqual([true, false]);
  });
});
