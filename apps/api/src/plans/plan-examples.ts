const paged = {
  key: 'salesforce-contacts',
  integration: 'salesforce',
  name: 'Contacts',
  enabled: true,
  wait_seconds: 3600,
  step: {
    url: '{config.base_url}/api/contacts',
    headers: { Authorization: 'Bearer {auth.token}' },
    params: { limit: '100', offset: '{context.next_offset}' },
    while: 'response.body.has_more == true',
    context_updates: { next_offset: 'response.body.next_offset' },
  },
};

const details = {
  key: 'contacts-with-details',
  integration: 'salesforce',
  schedule: { cron: '0 6 * * 1-5', timezone: 'Europe/Berlin' },
  rate_limits: [{ requests: 100, window_secs: 60, scope: 'per_config' }],
  step: {
    url: '{config.base_url}/api/contacts',
    next_url: 'response.links.next',
    sub_steps: [
      {
        id: 'details',
        iterate_over: 'response.body.contacts',
        url: '{config.base_url}/api/contacts/{item.id}/details',
      },
    ],
  },
};

/** Shown in the documentation, and proved by a test. */
export const planExamples = {
  paged: { summary: 'Pages by offset, goes on where the last execution stopped', value: paged },
  details: { summary: 'A list, and one request for each of its items', value: details },
};
