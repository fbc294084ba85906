import { validatePlan } from '../validate-plan';
import { explainPlan } from './explain-plan';

function explain(document: object) {
  const validation = validatePlan({ key: 'k', integration: 'acme', ...document });
  if (!validation.ok) throw new Error(JSON.stringify(validation.faults));
  return explainPlan(validation);
}

describe('explainPlan', () => {
  const plan = {
    max_loops: 50,
    rate_limits: [
      { name: 'all', requests: 100, window_secs: 60 },
      { name: 'details', match: '/api/contacts/*', requests: 'config.quota', window_secs: 1, scope: 'per_config' },
      { name: 'by-step', match: 'notes', max_concurrent: 2 },
    ],
    step: {
      url: '{config.base_url}/api/contacts',
      while: 'response.body.has_more == true',
      params: { page: '{context.loop_count}' },
      sub_steps: [
        { id: 'login', url: '{config.base_url}/login', retry: { max_retries: 0 } },
        {
          id: 'details',
          iterate_over: 'response.body.contacts',
          url: '{config.base_url}/api/contacts/{item.id}',
          sub_steps: [
            {
              id: 'notes',
              url: '{config.base_url}/notes',
              while: 'response.body.more',
              params: { p: '{prev.body.p}' },
            },
          ],
        },
      ],
    },
  };

  it('tells what a page costs, as a formula, with and without retries', () => {
    const [root, , details, notes] = [...explain(plan).steps].sort((a, b) => order(a.step_path) - order(b.step_path));
    expect(root).toMatchObject({
      step_path: 'root',
      request: 'GET {config.base_url}/api/contacts',
      runs: 'once',
      max_passes: 50,
      requests_per_page: '2 + items(root) × (1 + 50 × 1)',
      worst_case: '5 + items(root) × (4 + 50 × 4)',
    });
    expect(details).toMatchObject({ runs: 'per item', max_passes: 1 });
    expect(notes).toMatchObject({ runs: 'per response', max_passes: 50, requests_per_page: '1' });
  });

  it('names the limits on each step', () => {
    const names = Object.fromEntries(
      explain(plan).steps.map((step) => [step.step_path, step.limits.map(({ name }) => name)]),
    );
    expect(names).toEqual({
      root: ['all'],
      'root.login': ['all'],
      'root.details': ['all', 'details'],
      'root.details.notes': ['all', 'by-step'],
    });
    expect(explain(plan).steps.flatMap((step) => step.limits)).toContainEqual({
      name: 'details',
      scope: 'per_config',
      requests: 'config.quota',
      window_secs: 1,
      max_concurrent: null,
    });
  });

  it('gives the canonical form of each expression with its place', () => {
    expect(explain(plan).expressions).toContainEqual(
      expect.objectContaining({ path: '$.step.while', source: 'response.body.has_more == true' }),
    );
  });
});

const order = (path: string) => ['root', 'root.login', 'root.details', 'root.details.notes'].indexOf(path);
