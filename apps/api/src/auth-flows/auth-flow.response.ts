import type { JsonObject } from '@orchid/kernel';
import type { AuthFlow } from '@orchid/persistence';
import { apiPath } from '../http/api-path';
import type { Answer } from '../http/tenant-door';

/** The document and what was added when it was stored. */
export type AuthFlowResponse = JsonObject & { readonly id: string; readonly integration_id: string };

export function showAuthFlow(flow: AuthFlow): AuthFlowResponse {
  const { id, integrationId, document, createdAt, updatedAt } = flow;
  const times = { created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() };
  return { id, integration_id: integrationId, ...document, ...times };
}

export function answerAuthFlow(flow: AuthFlow): Answer<AuthFlowResponse> {
  return { body: showAuthFlow(flow), revision: flow.revision, location: apiPath(`auth-flows/${flow.id}`) };
}
