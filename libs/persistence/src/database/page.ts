import { isUuid } from '@orchid/kernel';
import { InvalidCursor } from './database.errors';

export interface PageRequest {
  /** 1 to 200; 50 when absent. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** Newest first. `nextCursor` is null on the last page. */
export interface Page<Row> {
  readonly data: Row[];
  readonly nextCursor: string | null;
}

interface Keyed {
  readonly id: string;
  readonly createdAt: Date;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Collects the conditions of a list and numbers their parameters. */
export class ListQuery {
  private readonly conditions: string[];
  private readonly values: unknown[];
  private readonly limit: number;

  constructor(
    tenantId: string,
    page: PageRequest,
    private readonly alias = '',
  ) {
    this.conditions = [`${alias}tenant_id = $1`];
    this.values = [tenantId];
    this.limit = Math.min(Math.max(Math.trunc(page.limit ?? DEFAULT_LIMIT), 1), MAX_LIMIT);
    if (page.cursor !== undefined && page.cursor !== null) this.after(page.cursor);
  }

  /** Adds `condition` with `?` for its value, unless the value is undefined. */
  where(condition: string, value: unknown): this {
    if (value === undefined) return this;
    this.values.push(value);
    this.conditions.push(condition.replace('?', `$${this.values.length}`));
    return this;
  }

  get params(): unknown[] {
    return this.values;
  }

  /** `WHERE ... ORDER BY ... LIMIT`, one row more than the page holds. */
  get tail(): string {
    const { alias } = this;
    return `WHERE ${this.conditions.join(' AND ')} ORDER BY ${alias}created_at DESC, ${alias}id DESC LIMIT ${this.limit + 1}`;
  }

  page<Row extends Keyed>(rows: Row[]): Page<Row> {
    const data = rows.slice(0, this.limit);
    const last = data.at(-1);
    return { data, nextCursor: last === undefined || rows.length <= this.limit ? null : encodeCursor(last) };
  }

  private after(cursor: string): void {
    const { createdAt, id } = decodeCursor(cursor);
    this.values.push(createdAt, id);
    const n = this.values.length;
    this.conditions.push(`(${this.alias}created_at, ${this.alias}id) < ($${n - 1}::timestamptz, $${n}::uuid)`);
  }
}

function encodeCursor(row: Keyed): string {
  return Buffer.from(`${row.createdAt.getTime()}:${row.id}`, 'utf8').toString('base64url');
}

function decodeCursor(cursor: string): Keyed {
  const [millis = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  const createdAt = new Date(/^\d{1,15}$/.test(millis) ? Number(millis) : Number.NaN);
  if (Number.isNaN(createdAt.getTime()) || !isUuid(id)) throw new InvalidCursor();
  return { createdAt, id };
}
