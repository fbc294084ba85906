import type { Identity } from './identity';

/** Header names in lower case, as Node gives them. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Finds out who calls. */
export interface Authenticator {
  /** Throws `Unauthenticated`. */
  authenticate(headers: RequestHeaders): Promise<Identity>;
}
