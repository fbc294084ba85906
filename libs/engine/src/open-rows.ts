import type { BodyFault, RowStream } from '@orchid/http-client';
import type { QuotaGrant } from './engine-ports';
import type { Exchange } from './exchange';

/** An answer whose rows are still arriving. Its request counts as in flight until the last of them. */
export class OpenRows {
  /** Nothing comes any more. */
  isOver = false;

  constructor(
    /** The answer with its first page. */
    private readonly answer: Exchange,
    private readonly rest: RowStream,
    private readonly grant: QuotaGrant,
  ) {}

  /** The answer with the next page of its rows for a body. Throws as the HTTP client. */
  async next(): Promise<{ readonly exchange: Exchange; readonly fault: BodyFault | null }> {
    const { body, json = null, size, fault = null, isLast } = await this.rest.next();
    if (isLast) await this.close();
    return { exchange: { ...this.answer, response: { ...this.answer.response, body }, json, size }, fault };
  }

  async close(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    this.rest.close();
    await this.grant.release();
  }
}
