import type { PlanDocument, StepDocument } from '@orchid/plan';

/** What is done with the records; `resume` is `rows`, stopped at half of them. */
export type Mode = 'plain' | 'page' | 'record' | 'rows' | 'resume';

const READ = {
  count: 'length(response.body.items)',
  newest: 'max(response.body.items[*].id)',
  active: 'length(response.body.items[?active == true])',
};
const page: StepDocument = {
  url: '{config.base_url}/page',
  params: { count: '{config.count}' },
  extract: READ,
  vars: { last: 'response.body.items[-1].id' },
};
const rows: StepDocument = {
  url: '{config.base_url}/rows',
  params: { count: '{config.count}' },
  response_format: 'ndjson',
  rows_per_page: 2_000,
  extract: { newest: 'max(response.body[*].id)' },
};
const iterating: StepDocument = { ...page, iterate_over: 'response.body.items' };

const steps: Readonly<Record<Mode, StepDocument>> = {
  plain: page,
  page: { ...iterating, fanout_emit_mode: 'page' },
  record: iterating,
  rows,
  resume: rows,
};

export function planOf(mode: Mode): PlanDocument {
  return { key: `bench-${mode}`, integration: 'bench', step: steps[mode] };
}
