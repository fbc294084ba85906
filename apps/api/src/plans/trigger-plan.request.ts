import type { JsonObject } from '@orchid/kernel';
import { bodyReader, requestSchema } from '../http/body-of';

export interface TriggerPlanRequest {
  readonly config_id: string;
  readonly context_override?: JsonObject;
}

export const triggerPlanSchema = requestSchema(
  'TriggerPlanRequest',
  {
    config_id: { type: 'string', format: 'uuid', description: 'The config to run for.' },
    context_override: { type: 'object', description: 'Merged into the context, for this execution only.' },
  },
  ['config_id'],
);

export const readTrigger = bodyReader<TriggerPlanRequest>(triggerPlanSchema);
