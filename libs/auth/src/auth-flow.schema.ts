import { AUTH_FLOW_TYPES, type AuthFlowType } from './auth-flow-document';

type Schema = Readonly<Record<string, unknown>>;

const TEMPLATE_LENGTH = 65_536;
const EXPRESSION_LENGTH = 4_096;

const template = (description: string): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength: TEMPLATE_LENGTH,
  description,
});
const expression = (description: string): Schema => ({
  type: 'string',
  minLength: 1,
  maxLength: EXPRESSION_LENGTH,
  description,
});
const seconds = (description: string, minimum = 0): Schema => ({
  type: 'number',
  minimum,
  maximum: 31_536_000,
  description,
});
const choice = (values: readonly string[], description: string): Schema => ({
  type: 'string',
  enum: values,
  description,
});
const named = (values: Schema, description: string): Schema => ({
  type: 'object',
  additionalProperties: values,
  maxProperties: 100,
  description,
});
const object = (properties: Readonly<Record<string, Schema>>, description: string): Schema => ({
  type: 'object',
  properties,
  additionalProperties: false,
  description,
});

const retry = object(
  {
    max_retries: {
      type: 'integer',
      minimum: 0,
      maximum: 10,
      description: 'Repetitions after the first attempt; 3 by default.',
    },
    backoff_type: choice(['fibonacci', 'exponential', 'linear', 'constant'], 'How the delay grows.'),
    initial_delay_ms: {
      type: 'integer',
      minimum: 0,
      maximum: 60_000,
      description: 'Delay before the first repetition.',
    },
    max_delay_ms: { type: 'integer', minimum: 0, maximum: 60_000, description: 'Longest delay.' },
    on: {
      type: 'array',
      items: { type: 'integer', minimum: 100, maximum: 599 },
      maxItems: 100,
      description: 'Statuses to repeat.',
    },
  },
  'When and how a failed attempt is repeated.',
);
const failWhen = expression('A condition on `response`: the login failed for good.');

const request = object(
  {
    id: {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
      maxLength: 128,
      description: 'Its body is `vars.<id>` in later requests.',
    },
    url: template('Address, a template.'),
    method: choice(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'], 'POST when there is a body, else GET.'),
    headers: named({}, 'Headers by name: templates or `{"expr": "..."}`.'),
    params: named({}, 'Query params by name: templates or `{"expr": "..."}`.'),
    body: { description: 'Body: templates in any JSON value.' },
    body_format: choice(['json', 'form', 'text'], 'How the body is written; json by default.'),
    timeout_seconds: { type: 'number', exclusiveMinimum: 0, maximum: 300, description: 'One attempt; 30 by default.' },
    retry,
    fail_when: failWhen,
    vars: named(expression('An expression on `response` and `vars`.'), 'Names for the requests that follow.'),
  },
  'One request of a login.',
);

const shared: Readonly<Record<string, Schema>> = {
  integration_id: {
    type: 'string',
    pattern: '^[0-9a-fA-F-]{36}$',
    description: 'Id of the integration it belongs to.',
  },
  name: { type: 'string', minLength: 1, maxLength: 255, description: 'Name, unique in the integration.' },
  description: { type: 'string', maxLength: 4_096, description: 'For people.' },
  type: choice(AUTH_FLOW_TYPES, 'How the token is obtained.'),
  header_name: {
    type: 'string',
    pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
    maxLength: 128,
    description: 'Header added to each request.',
  },
  header_format: template('Value of that header; `{token}` is the token.'),
  fields: named(expression('An expression on `response` and `vars`.'), 'Further fields of `auth`.'),
};
const lifetime: Readonly<Record<string, Schema>> = {
  ttl_seconds: seconds('Life of a token whose answer does not tell it.', 1),
  skew_seconds: seconds('How long before its end a token is replaced.'),
};
const exchange: Readonly<Record<string, Schema>> = {
  ...lifetime,
  request,
  fail_when: failWhen,
  retry,
  token_path: expression('The token in the last answer.'),
  expires_in_path: expression('Its life there: seconds, an epoch, or an ISO time.'),
  refresh_path: expression('The refresh token there.'),
};
const oauth: Readonly<Record<string, Schema>> = {
  ...exchange,
  token_url: template('Address of the token endpoint.'),
  client_id: template('Client id.'),
  client_secret: template('Client secret.'),
  client_auth: choice(['basic', 'body'], 'Where the client id and secret are sent; body by default.'),
  scopes: {
    type: ['string', 'array'],
    items: { type: 'string' },
    maxItems: 200,
    maxLength: TEMPLATE_LENGTH,
    description: 'Scopes asked for.',
  },
};

/** The fields of each type, beside those that all have, and which of them must be there. */
const TYPES: Readonly<
  Record<AuthFlowType, { readonly fields: Readonly<Record<string, Schema>>; readonly required: readonly string[] }>
> = {
  custom: {
    fields: {
      ...exchange,
      steps: { type: 'array', items: request, minItems: 1, maxItems: 20, description: 'A login of several requests.' },
      refresh_token: template('The first refresh token.'),
    },
    required: ['token_path'],
  },
  oauth2_client_credentials: { fields: oauth, required: ['token_url', 'client_id', 'client_secret'] },
  oauth2_refresh_token: {
    fields: { ...oauth, refresh_token: template('The first refresh token.') },
    required: ['token_url', 'client_id', 'refresh_token'],
  },
  oauth2_authorization_code: {
    fields: { ...oauth, authorize_url: template('Address that asks for consent.') },
    required: ['authorize_url', 'token_url', 'client_id'],
  },
  api_key: {
    fields: {
      in: choice(['header', 'query', 'cookie'], 'Where the key is sent; header by default.'),
      key_name: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        description: 'Name of the header, param or cookie; `name` when absent.',
      },
      value: template('The key.'),
    },
    required: ['value'],
  },
  basic: {
    fields: { username: template('User name.'), password: template('Password.') },
    required: ['username', 'password'],
  },
  bearer: { fields: { token: template('The token.') }, required: ['token'] },
  jwt_bearer: {
    fields: {
      ...exchange,
      token_url: template('Address of the token endpoint; without it the signed token itself is used.'),
      alg: choice(['RS256', 'ES256', 'HS256'], 'Algorithm of the signature.'),
      key: template('Private key (PEM) or secret.'),
      claims: {
        type: 'object',
        maxProperties: 100,
        description: 'Claims: templates or `{"expr": "..."}`; `iat` and `exp` are added.',
      },
      headers: { type: 'object', maxProperties: 20, description: 'Further header fields, such as `kid`.' },
    },
    required: ['alg', 'key', 'claims'],
  },
};

/** Names of the fields that a flow of this type may have. */
export function fieldsOf(type: AuthFlowType): string[] {
  return Object.keys({ ...shared, ...TYPES[type].fields });
}

/** JSON Schema (draft 2020-12) of an auth flow document. */
export const authFlowSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'AuthFlow',
  type: 'object',
  properties: Object.assign({}, ...Object.values(TYPES).map(({ fields }) => fields), shared) as Schema,
  additionalProperties: false,
  required: ['name', 'type'],
  allOf: AUTH_FLOW_TYPES.map((type) => ({
    if: { type: 'object', properties: { type: { const: type } }, required: ['type'] },
    then: { type: 'object', required: TYPES[type].required },
  })),
};
