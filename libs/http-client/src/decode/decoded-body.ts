import type { JsonValue } from '@orchid/kernel';

import type { BodyFault } from '../http-client.port';

export interface DecodedBody {
  readonly body: JsonValue;
  readonly json?: string;
  readonly encoding?: 'base64';
  readonly fault?: BodyFault;
}

/** A body that cannot be used as asked; its text is kept for whoever has to look at it. */
export function invalidBody(message: string, text: string): DecodedBody {
  return { body: text, fault: { code: 'invalid_body', message } };
}
