import { item } from '../stub-data';
import { json, members, type Shape, type ShapeAnswer, type ShapeRequest } from './shape';

const SESSION = 'session-1';
const MOST_IDS = 3;
const DAY_MS = 86_400_000;
const LONGEST_WINDOW_MS = 7 * DAY_MS;

/** Sessions, nested lists, windows of time, groups of ids, and errors that come with a 200. */
export function businessShapes(): Shape[] {
  return [
    { route: 'POST /v1/login', answer: login },
    { route: 'GET /v1/orders', answer: orders },
    { route: 'GET /v1/projects', answer: () => json({ projects: ['p-1', 'p-2'].map((id) => ({ id })) }) },
    {
      route: 'GET /v1/projects/:id/tasks',
      answer: ({ captured: [id = ''] }) => json({ tasks: [{ id: `${id}-a` }, { id: `${id}-b` }] }),
    },
    {
      route: 'GET /v1/tasks/:id/comments',
      answer: ({ captured: [id = ''] }) => json({ comments: [{ text: `On ${id}` }] }),
    },
    { route: 'GET /v1/events', answer: events },
    { route: 'GET /v1/prices', answer: prices },
    { route: 'GET /v1/legacy', answer: legacy },
  ];
}

function login({ body }: ShapeRequest): ShapeAnswer {
  const { username, password } = members(body);
  if (username !== 'robot' || password !== 'open sesame') return json({ error: 'wrong password' }, 403);
  return json({ session: SESSION });
}

function orders({ headers, query }: ShapeRequest): ShapeAnswer {
  if (headers['x-session'] !== SESSION) return json({ error: 'no session' }, 401);
  const page = Number(query.get('page') ?? 1);
  return json({ orders: [item(page * 2 - 1), item(page * 2)], last: page === 2 });
}

/** One event a day, at noon; at most a week is answered. */
function events({ query }: ShapeRequest): ShapeAnswer {
  const from = Date.parse(query.get('from') ?? '');
  const to = Date.parse(query.get('to') ?? '');
  if (!(to - from <= LONGEST_WINDOW_MS)) return json({ error: 'window_too_long' }, 400);
  const noons: string[] = [];
  for (let noon = Math.floor(from / DAY_MS) * DAY_MS + DAY_MS / 2; noon < to; noon += DAY_MS) {
    if (noon >= from) noons.push(new Date(noon).toISOString());
  }
  return json({ events: noons.map((at) => ({ at })) });
}

function prices({ query }: ShapeRequest): ShapeAnswer {
  const ids = (query.get('ids') ?? '').split(',');
  if (ids.length > MOST_IDS) return json({ error: 'too_many_ids' }, 400);
  return json({ prices: ids.map((id, at) => ({ id, price: at + 1 })) });
}

function legacy({ query }: ShapeRequest): ShapeAnswer {
  if (query.get('account') === 'closed') return json({ ok: false, error: 'account_closed' });
  return json({ ok: true, rows: [1, 2, 3] });
}
