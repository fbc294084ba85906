import { validateAuthFlow, type AuthFlowDocument } from '@orchid/auth';
import { isJsonObject, type Fault, type JsonObject, type JsonValue } from '@orchid/kernel';
import { BadRequest, InvalidDocument } from '../http/request.errors';

export interface AuthFlowRequest {
  readonly integrationId: string | null;
  readonly name: string;
  /** Without the integration's id. */
  readonly document: JsonObject;
}

const ID_MISSING: Fault = {
  path: '$.integration_id',
  code: 'required',
  message: 'The field integration_id is missing.',
  hint: 'Add the id of the integration that the flow is for.',
};

/** What can be sent back as it was answered, but is not the client's to say. */
const ANSWERED = ['id', 'created_at', 'updated_at'];

/** Reads a flow. Throws `InvalidDocument` with every fault. */
export function readAuthFlow(body: unknown, { needsIntegration }: { needsIntegration: boolean }): AuthFlowRequest {
  if (body === undefined) throw new BadRequest('required', 'The request has no body.');
  const given = needsIntegration ? (body as JsonValue) : withoutAnswered(body as JsonValue);
  const faults = [...validateAuthFlow(given)];
  if (needsIntegration && isJsonObject(given) && given.integration_id === undefined) faults.push(ID_MISSING);
  if (faults.length > 0) throw new InvalidDocument(faults);
  const { integration_id: integrationId, ...document } = given as JsonObject & AuthFlowDocument;
  return { integrationId: integrationId ?? null, name: document.name, document };
}

function withoutAnswered(body: JsonValue): JsonValue {
  if (!isJsonObject(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !ANSWERED.includes(name)));
}

export const authFlowExample = {
  integration_id: '0190b1e0-7c00-7000-8000-000000000000',
  name: 'client-credentials',
  type: 'oauth2_client_credentials',
  token_url: '{config.base_url}/oauth/token',
  client_id: '{config.client_id}',
  client_secret: '{config.client_secret}',
};
