import { createHmac, createPrivateKey, sign } from 'node:crypto';
import { type JsonObject, stringifyJson } from '@orchid/kernel';
import type { SigningAlgorithm } from './auth-flow-document';

export interface JwtParts {
  readonly alg: SigningAlgorithm;
  /** PEM for RS256 and ES256, the secret itself for HS256. */
  readonly key: string;
  readonly claims: JsonObject;
  readonly headers: JsonObject;
}

/** A signed JSON Web Token (RFC 7519) in compact form. Throws when the key does not fit the algorithm. */
export function signJwt({ alg, key, claims, headers }: JwtParts): string {
  const input = `${encode({ ...headers, alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${signature(alg, key, input).toString('base64url')}`;
}

function signature(alg: SigningAlgorithm, key: string, input: string): Buffer {
  if (alg === 'HS256') return createHmac('sha256', key).update(input).digest();
  // Keys kept in one line of a JSON value or an environment variable carry their line ends as `\n`.
  const privateKey = createPrivateKey(key.replaceAll('\\n', '\n'));
  const wanted = alg === 'RS256' ? 'rsa' : 'ec';
  if (privateKey.asymmetricKeyType !== wanted) throw new TypeError(`the key is not an ${wanted.toUpperCase()} key`);
  return sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

function encode(part: JsonObject): string {
  return Buffer.from(stringifyJson(part)).toString('base64url');
}
