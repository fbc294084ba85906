import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { LONGEST_DOCUMENT, parsePlanText } from '@orchid/plan';
import './express-request';
import { BadRequest, InvalidDocument } from './request.errors';

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/i;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

export interface BodyReading {
  /** Paths whose handlers judge the text themselves: `request.body` stays text there. */
  readonly asText: readonly string[];
}

/**
 * Reads the body as strict JSON: malformed is 400 with the place; duplicate keys, NUL, lone surrogates and deep nesting are
 * 422. `request.body` is undefined without a body, and `request.bodyText` its text.
 */
export function readJsonBody(reading: BodyReading): RequestHandler {
  return (request, _response, next) => {
    if (BODILESS.has(request.method) || !hasBody(request)) {
      request.body = undefined;
      next();
      return;
    }
    readBody(request, reading).then(() => next(), next);
  };
}

async function readBody(request: Request, { asText }: BodyReading): Promise<void> {
  refuseOtherTypes(request);
  request.bodyText = decode(await readBytes(request));
  request.body = asText.includes(request.path) ? request.bodyText : parse(request.bodyText);
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new BadRequest('body_too_large', 'The body is larger than 1 MiB.');
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_DOCUMENT) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += (chunk as Buffer).length;
      if (size > LONGEST_DOCUMENT) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    throw new BadRequest('body_interrupted', 'The body did not arrive whole.');
  }
  if (size > LONGEST_DOCUMENT) throw tooLarge();
  return Buffer.concat(chunks);
}

/** The value of a JSON text. Throws `BadRequest` and `InvalidDocument`. */
function parse(text: string): unknown {
  if (text.trim() === '') return undefined;
  const parsed = parsePlanText(text);
  if (parsed.ok) return parsed.value;
  const [first] = parsed.faults;
  if (first?.code === 'invalid_json') throw new BadRequest('invalid_json', first.message, parsed.faults);
  throw new InvalidDocument(parsed.faults);
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  const refuse = (message: string) => new BadRequest('unsupported_media_type', message);
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim());
  if (type === '') throw refuse('The request has a body but no Content-Type.');
  if (!JSON_TYPE.test(type)) throw refuse(`A body of type ${type.slice(0, 128)} is not accepted.`);
  const charset = parameters.find((each) => /^charset=/i.test(each)) ?? 'charset=utf-8';
  if (!/^charset="?utf-?8"?$/i.test(charset)) throw refuse('JSON is UTF-8: another charset is not accepted.');
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw refuse('Compressed bodies are not accepted.');
}

function decode(body: Buffer): string {
  try {
    return UTF_8.decode(body);
  } catch {
    throw new BadRequest('invalid_encoding', 'The body is not valid UTF-8.');
  }
}
