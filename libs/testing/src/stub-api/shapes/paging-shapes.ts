import { item } from '../stub-data';
import { count, json, members, type Shape, type ShapeAnswer } from './shape';

const EXPIRED_CURSOR = 'expired';

/** Ways of paging that are not among the plain lists: page totals, OData, a cursor in the request's body, GraphQL, 412. */
export function pagingShapes(total: number, baseUrl: () => string): Shape[] {
  const slice = (offset: number, limit: number): { list: unknown[]; next: number | null } => {
    const end = Math.min(total, offset + limit);
    const list = Array.from({ length: Math.max(0, end - offset) }, (_, at) => item(offset + at + 1));
    return { list, next: end < total ? end : null };
  };

  const pages = (page: number, size: number): ShapeAnswer =>
    json({ data: slice((page - 1) * size, size).list, page, total_pages: Math.ceil(total / size) });

  const odata = (skip: number, top: number): ShapeAnswer => {
    const { list, next } = slice(skip, top);
    const link = `${baseUrl()}/v1/odata/Items?$top=${top}&$skiptoken=${next}`;
    return json({ value: list, ...(next !== null && { '@odata.nextLink': link }) });
  };

  const search = (body: string): ShapeAnswer => {
    const { cursor, page_size: size } = members(body);
    const { list, next } = slice(count(cursor, 0), count(size, 20));
    return json({ results: list, cursor: next === null ? null : String(next) });
  };

  const graphql = (body: string): ShapeAnswer => {
    const { query, variables } = members(body);
    if (!String(query).includes('items(')) return json({ data: null, errors: [{ message: 'Unknown query' }] });
    const { first, after } = Object(variables) as Record<string, unknown>;
    const { list, next } = slice(count(after, 0), count(first, 20));
    const pageInfo = { hasNextPage: next !== null, endCursor: next === null ? null : String(next) };
    return json({ data: { items: { nodes: list, pageInfo } } });
  };

  const changes = (cursor: string): ShapeAnswer => {
    if (cursor === EXPIRED_CURSOR) return json({ error: 'cursor_expired', cursor: '0' }, 412);
    const { list, next } = slice(count(cursor, 0), 20);
    return json({ changes: list, cursor: String(next ?? total), has_more: next !== null });
  };

  return [
    {
      route: 'GET /v1/pages',
      answer: ({ query }) => pages(count(query.get('page'), 1), count(query.get('per_page'), 20)),
    },
    {
      route: 'GET /v1/odata/Items',
      answer: ({ query }) => odata(count(query.get('$skiptoken'), 0), count(query.get('$top'), 20)),
    },
    { route: 'POST /v1/search', answer: ({ body }) => search(body) },
    { route: 'POST /v1/graphql', answer: ({ body }) => graphql(body) },
    { route: 'GET /v1/changes', answer: ({ query }) => changes(query.get('cursor') ?? '0') },
  ];
}
