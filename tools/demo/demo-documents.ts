import type { StubApiOptions } from '@orchid/testing';

/** The same at every start, so that a second one finds what the first one stored. */
export const DEMO_TENANT = 'd3300000-0000-4000-8000-000000000001';
export const DEMO_PLAN_KEY = 'demo-contacts';
export const DEMO_NAME = 'demo';

export const PAGES = 20;
const PAGE_SIZE = 25;
export const CONTACTS = PAGES * PAGE_SIZE;

const CLIENT_ID = 'demo-client';
/** Of the demonstration's own API only. */
export const CLIENT_SECRET = 'demo-client-secret-0001';
const REQUESTS_PER_SECOND = 250;

/** Somebody else's API, as the demonstration plays it: a login, pages of contacts, details of each, a limit. */
export const DEMO_API: StubApiOptions = {
  contacts: CONTACTS,
  pageSize: PAGE_SIZE,
  requireToken: true,
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  latencyMs: 5,
  rateLimit: { limit: REQUESTS_PER_SECOND, windowSeconds: 1 },
  ledger: false,
};

export const demoIntegration = {
  name: DEMO_NAME,
  description: 'The API that npm start brings along',
  config_schema: {
    name: 'demo',
    schema: {
      type: 'object',
      required: ['base_url', 'client_id', 'client_secret'],
      properties: {
        base_url: { type: 'string' },
        client_id: { type: 'string' },
        client_secret: { type: 'string', 'x-secret': true },
      },
      additionalProperties: false,
    },
  },
};

export const demoValues = (baseUrl: string) => ({
  base_url: baseUrl,
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
});

export const demoAuthFlow = {
  name: 'oauth',
  type: 'oauth2_client_credentials',
  token_url: '{config.base_url}/oauth/token',
  client_id: '{config.client_id}',
  client_secret: '{config.client_secret}',
};

export const demoPlan = {
  key: DEMO_PLAN_KEY,
  integration: DEMO_NAME,
  name: 'Contacts with their details',
  enabled: false,
  wait_seconds: 60,
  rate_limits: [{ name: 'demo-api', requests: Math.floor(REQUESTS_PER_SECOND * 0.6), window_secs: 1 }],
  step: {
    url: '{config.base_url}/api/contacts',
    params: { limit: String(PAGE_SIZE), offset: '{{ vars.offset }}' },
    auth_flow: 'oauth',
    init: { offset: '`0`' },
    while: 'response.body.has_more == true',
    vars: { offset: 'response.body.next_offset' },
    sub_steps: [
      {
        id: 'details',
        url: '{config.base_url}/api/contacts/{{ item.id }}/details',
        iterate_over: 'response.body.contacts',
        concurrency: 10,
        emit_to_kafka: false,
      },
    ],
  },
};
