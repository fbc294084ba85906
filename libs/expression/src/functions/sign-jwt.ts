import { constants, createHmac, type KeyObject, createPrivateKey, sign } from 'node:crypto';
import { type JsonObject, stringifyJson } from '@orchid/kernel';
import { ExpressionError } from '../expression.errors';

export interface JwtRequest {
  readonly claims: JsonObject;
  /** A secret for HS algorithms, else a private key in PEM. */
  readonly key: string;
  readonly alg: string;
  readonly headers: JsonObject;
}

type Signer = (data: string, key: string) => Buffer;

const hs =
  (hash: string): Signer =>
  (data, key) =>
    createHmac(hash, key).update(data).digest();
const withKey =
  (type: string, signed: (data: Buffer, key: KeyObject) => Buffer): Signer =>
  (data, key) => {
    const privateKey = readKey(key);
    if (privateKey.asymmetricKeyType !== type) throw badKey();
    return signed(Buffer.from(data), privateKey);
  };
const rs = (hash: string): Signer => withKey('rsa', (data, key) => sign(hash, data, key));
const ps = (hash: string): Signer =>
  withKey('rsa', (data, key) => {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return sign(hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
  });
const es = (hash: string, curve: string): Signer =>
  withKey('ec', (data, key) => {
    if (key.asymmetricKeyDetails?.namedCurve !== curve) throw badKey();
    return sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  });

/** The algorithms of RFC 7518 and RFC 8037 that sign. */
const SIGNERS: ReadonlyMap<string, Signer> = new Map([
  ['HS256', hs('sha256')],
  ['HS384', hs('sha384')],
  ['HS512', hs('sha512')],
  ['RS256', rs('sha256')],
  ['RS384', rs('sha384')],
  ['RS512', rs('sha512')],
  ['PS256', ps('sha256')],
  ['PS384', ps('sha384')],
  ['PS512', ps('sha512')],
  ['ES256', es('sha256', 'prime256v1')],
  ['ES384', es('sha384', 'secp384r1')],
  ['ES512', es('sha512', 'secp521r1')],
  ['EdDSA', withKey('ed25519', (data, key) => sign(null, data, key))],
]);

/** A compact JWS of the claims. Throws `expression_error` for an unknown algorithm or a key that does not suit it. */
export function signJwt({ claims, key, alg, headers }: JwtRequest): string {
  const signer = SIGNERS.get(alg);
  if (signer === undefined) {
    const hint = [...SIGNERS.keys()].join(', ');
    throw new ExpressionError('expression_error', 'jwt_sign() does not know this algorithm', { hint });
  }
  const data = `${encode(Object.assign({ alg, typ: 'JWT' }, headers, { alg }))}.${encode(claims)}`;
  return `${data}.${signer(data, key).toString('base64url')}`;
}

function encode(value: JsonObject): string {
  return Buffer.from(stringifyJson(value), 'utf8').toString('base64url');
}

function readKey(pem: string): KeyObject {
  try {
    // Keys kept in one line often have their line breaks as two characters.
    return createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw badKey();
  }
}

function badKey(): ExpressionError {
  return new ExpressionError('expression_error', 'jwt_sign() needs a private key in PEM that suits the algorithm');
}
