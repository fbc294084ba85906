import { contact } from '../stub-data';
import { json, text, type Shape, type ShapeAnswer } from './shape';

const POLLS_BEFORE_DONE = 2;

/** Bodies that are no JSON - a feed, exports - and a report that takes its time. */
export function fileShapes(total: number, baseUrl: () => string): Shape[] {
  const contacts = Array.from({ length: total }, (_, at) => contact(at + 1));
  const polls = new Map<string, number>();
  let reports = 0;

  const csv = (): ShapeAnswer => {
    const rows = contacts.map(({ id, name, city }) => `${String(id)};"${String(name)}";${String(city)}`);
    return text(['id;name;city', ...rows].join('\r\n'), 'text/csv; charset=utf-8');
  };

  const feed = (): ShapeAnswer => {
    const entries = contacts.map(
      ({ id, name }) => `<entry xml:lang="en"><id>${String(id)}</id><title>${String(name)} &amp; Co</title></entry>`,
    );
    const xml = `<?xml version="1.0"?><feed><title>Contacts</title>${entries.join('')}</feed>`;
    return text(xml, 'application/atom+xml');
  };

  const create = (): ShapeAnswer => {
    reports += 1;
    return json({ id: `r-${reports}`, status: 'queued' }, 202);
  };

  const status = (id: string): ShapeAnswer => {
    const asked = (polls.get(id) ?? 0) + 1;
    polls.set(id, asked);
    if (asked <= POLLS_BEFORE_DONE) return json({ id, status: 'running' });
    return json({ id, status: 'done', download_url: `${baseUrl()}/v1/reports/${id}/file` });
  };

  return [
    { route: 'GET /v1/feed.xml', answer: feed },
    { route: 'GET /v1/export.csv', answer: csv },
    {
      route: 'GET /v1/export.ndjson',
      answer: () => text(contacts.map((each) => JSON.stringify(each)).join('\n'), 'application/x-ndjson'),
    },
    { route: 'POST /v1/reports', answer: create },
    { route: 'GET /v1/reports/:id', answer: ({ captured: [id = ''] }) => status(id) },
    { route: 'GET /v1/reports/:id/file', answer: csv },
  ];
}
