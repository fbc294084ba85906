import { contact, contactDetails, firstChangedAfter, item, numberOf, TextCache, user, userSettings } from './stub-data';
import type { ShapeRequest } from './shapes/shape';
import { Shapes } from './shapes/shapes';
import type { StubApiOptions } from './stub-api.types';

export interface RouteMatch {
  /** Such as `GET /api/users/:id/settings`. */
  readonly route: string;
  readonly page: number | null;
  readonly item: string | null;
  answer(request: Omit<ShapeRequest, 'captured'>): RouteAnswer;
}

export interface RouteAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

interface Slice {
  readonly offset: number;
  readonly limit: number;
}

const NOT_FOUND: RouteAnswer = { status: 404, body: '{"error":"not_found"}' };
const ONE_ITEM = /^\/api\/(contacts|users)\/([^/]+)\/(details|settings)$/;
const MOST_PER_PAGE = 1000;

/** The stub's data, page by page. Pure: a request in, text out. */
export class Routes {
  private readonly contacts = new TextCache(contact);
  private readonly details = new TextCache(contactDetails);
  private readonly users = new TextCache(user);
  private readonly settings = new TextCache(userSettings);
  private readonly items = new TextCache(item);
  private readonly contactCount: number;
  private readonly userCount: number;
  private readonly pageSize: number;
  private readonly missing: ReadonlySet<number>;
  private readonly shapes: Shapes;

  constructor(
    options: StubApiOptions,
    private readonly baseUrl: () => string,
  ) {
    this.contactCount = options.contacts ?? 100;
    this.userCount = options.users ?? 30;
    this.pageSize = options.pageSize ?? 20;
    this.missing = new Set(options.missingSettings ?? []);
    this.shapes = new Shapes(this.contactCount, baseUrl);
  }

  match(method: string, path: string, query: URLSearchParams): RouteMatch {
    const slice = this.sliceOf(query);
    const list = (answer: () => RouteAnswer): RouteMatch => ({
      route: `${method} ${path}`,
      page: Math.floor(slice.offset / slice.limit) + 1,
      item: null,
      answer,
    });
    switch (path) {
      case '/api/contacts':
        return list(() => this.contactPage(slice));
      case '/api/users':
        return list(() => this.userPage(slice, query.get('since')));
      case '/api/linked':
        return list(() => this.linkedPage(slice));
      case '/api/cursor':
        return list(() => this.cursorPage(slice));
      case '/api/next-url':
        return list(() => this.nextUrlPage(slice));
      default:
        return this.matchItem(method, path);
    }
  }

  private matchItem(method: string, path: string): RouteMatch {
    const shape = path.startsWith('/v1/') ? this.shapes.find(method, path) : null;
    if (shape !== null)
      return { route: shape.route, page: null, item: null, answer: (request) => shape.answer(request) };
    const [, kind, id = '', part] = ONE_ITEM.exec(path) ?? [];
    const number = numberOf(id);
    if (kind === 'contacts' && part === 'details') {
      const answer = (): RouteAnswer => this.one(this.details, number, this.contactCount);
      return { route: `${method} /api/contacts/:id/details`, page: null, item: id, answer };
    }
    if (kind === 'users' && part === 'settings') {
      const answer = (): RouteAnswer =>
        this.missing.has(number) ? NOT_FOUND : this.one(this.settings, number, this.userCount);
      return { route: `${method} /api/users/:id/settings`, page: null, item: id, answer };
    }
    return { route: `${method} ${path}`, page: null, item: null, answer: () => NOT_FOUND };
  }

  private one(cache: TextCache, number: number, count: number): RouteAnswer {
    return number >= 1 && number <= count ? { status: 200, body: cache.one(number) } : NOT_FOUND;
  }

  private contactPage(slice: Slice): RouteAnswer {
    const { list, next } = this.cut(this.contacts, slice, this.contactCount);
    const hasMore = next !== null;
    const tail = {
      has_more: hasMore,
      next_offset: next,
      next_cursor: hasMore ? cursorOf(next) : null,
      next_url: hasMore ? `${this.baseUrl()}/api/contacts?limit=${slice.limit}&offset=${next}` : null,
      total: this.contactCount,
    };
    return { status: 200, body: `{"contacts":${list},${JSON.stringify(tail).slice(1)}` };
  }

  private userPage(slice: Slice, since: string | null): RouteAnswer {
    const skipped = since === null ? 0 : firstChangedAfter(since) - 1;
    const { list } = this.cut(this.users, { ...slice, offset: slice.offset + skipped }, this.userCount);
    return { status: 200, body: `{"users":${list},"page":${Math.floor(slice.offset / slice.limit) + 1}}` };
  }

  private linkedPage(slice: Slice): RouteAnswer {
    const { list, next } = this.cut(this.items, slice, this.contactCount);
    const page = Math.floor(slice.offset / slice.limit) + 1;
    const last = Math.max(1, Math.ceil(this.contactCount / slice.limit));
    const link = (to: number, rel: string): string => `</api/linked?page=${to}&per_page=${slice.limit}>; rel="${rel}"`;
    const links = [link(1, 'first'), link(last, 'last')];
    if (next !== null) links.unshift(`${link(page + 1, 'next')}; results="true"`);
    if (page > 1) links.push(link(page - 1, 'prev'));
    return { status: 200, body: list, headers: { link: links.join(', ') } };
  }

  private cursorPage(slice: Slice): RouteAnswer {
    const { list, next } = this.cut(this.items, slice, this.contactCount);
    const cursor = JSON.stringify(next === null ? null : cursorOf(next));
    return { status: 200, body: `{"items":${list},"next_cursor":${cursor}}` };
  }

  private nextUrlPage(slice: Slice): RouteAnswer {
    const { list, next } = this.cut(this.items, slice, this.contactCount);
    const url = next === null ? null : `${this.baseUrl()}/api/next-url?limit=${slice.limit}&offset=${next}`;
    return { status: 200, body: `{"items":${list},"next":${JSON.stringify(url)}}` };
  }

  private cut(cache: TextCache, { offset, limit }: Slice, total: number): { list: string; next: number | null } {
    const count = Math.max(0, Math.min(limit, total - offset));
    const end = offset + count;
    return { list: cache.list(offset + 1, count), next: count > 0 && end < total ? end : null };
  }

  private sliceOf(query: URLSearchParams): Slice {
    const size = positive(query.get('limit') ?? query.get('per_page'), this.pageSize);
    const limit = Math.min(size, MOST_PER_PAGE);
    const cursor = query.get('cursor');
    if (cursor !== null && cursor !== '') return { limit, offset: offsetOf(cursor) };
    if (query.has('page')) return { limit, offset: (positive(query.get('page'), 1) - 1) * limit };
    return { limit, offset: positive(query.get('offset'), 0) };
  }
}

function cursorOf(offset: number): string {
  return Buffer.from(`after:${offset}`).toString('base64url');
}

function offsetOf(cursor: string): number {
  return positive(Buffer.from(cursor, 'base64url').toString().replace('after:', ''), 0);
}

function positive(text: string | null, otherwise: number): number {
  const value = Number(text ?? '');
  return Number.isInteger(value) && value > 0 ? value : otherwise;
}
