import { createHash, createHmac, randomUUID } from 'node:crypto';
import { ExpressionError } from '../expression.errors';
import { define } from './function-definition';
import { signJwt } from './sign-jwt';

export const KEY_FUNCTIONS = [
  define({
    name: 'sha256',
    signature: "sha256(text, 'hex' or 'base64'?)",
    description: 'The SHA-256 of the UTF-8 bytes; hexadecimal unless said otherwise.',
    examples: [["sha256('')", 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']],
    parameters: ['text', 'text?'],
    call: ([text, encoding]) => createHash('sha256').update(text, 'utf8').digest(encodingOf('sha256', encoding)),
  }),
  define({
    name: 'hmac_sha256',
    signature: "hmac_sha256(key, text, 'hex' or 'base64'?)",
    description: 'The keyed SHA-256 of the UTF-8 bytes; hexadecimal unless said otherwise.',
    examples: [["hmac_sha256('key', 'text', 'base64')", 'avqQRqlXnK0UOjhMG1ZLmiUNJ9b2pj+fIL86dZTJ4sY=']],
    parameters: ['text', 'text', 'text?'],
    call: ([key, text, encoding]) =>
      createHmac('sha256', key).update(text, 'utf8').digest(encodingOf('hmac_sha256', encoding)),
  }),
  define({
    name: 'jwt_sign',
    signature: 'jwt_sign(claims, key, alg, headers?)',
    description: 'A signed JSON Web Token. HS256/384/512 take a secret, RS, PS, ES and EdDSA a private key in PEM.',
    examples: [["starts_with(jwt_sign({sub: 'a'}, 'secret', 'HS256'), 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.')", true]],
    parameters: ['object', 'text', 'text', 'object?'],
    call: ([claims, key, alg, headers], run) => {
      run.measure(claims);
      // A signature takes about as long as this many steps.
      run.spend(20_000);
      return signJwt({ claims, key, alg, headers: headers ?? {} });
    },
  }),
  define({
    name: 'uuid',
    signature: 'uuid()',
    description: 'A new random UUID.',
    examples: [['length(uuid())', 36]],
    parameters: [],
    call: () => randomUUID(),
  }),
];

function encodingOf(name: string, encoding = 'hex'): 'hex' | 'base64' | 'base64url' {
  if (encoding === 'hex' || encoding === 'base64' || encoding === 'base64url') return encoding;
  throw new ExpressionError('expression_error', `${name}() gives 'hex', 'base64' or 'base64url'`);
}
