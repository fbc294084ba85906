import type { JsonValue } from '@orchid/kernel';
import { bodyReader, requestSchema } from '../http/body-of';

export interface PreviewPlanRequest {
  readonly plan?: JsonValue;
  readonly plan_key?: string;
  readonly config_id: string;
  readonly max_requests?: number;
}

export const previewPlanSchema = requestSchema(
  'PreviewPlanRequest',
  {
    plan: { type: 'object', description: 'A plan document, which need not be stored. Either this or `plan_key`.' },
    plan_key: { type: 'string', description: 'A stored plan, in its current version.' },
    config_id: { type: 'string', format: 'uuid', description: 'The config to read with.' },
    max_requests: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 5,
      description: 'Stop after so many requests.',
    },
  },
  ['config_id'],
);

export const readPreview = bodyReader<PreviewPlanRequest>(previewPlanSchema);
