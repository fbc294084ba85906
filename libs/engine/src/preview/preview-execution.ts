import type { JsonObject, JsonValue } from '@orchid/kernel';
import { MemoryPublisher } from '@orchid/messaging';
import type { EnginePorts } from '../engine-ports';
import { StopSignal, type ExecutionInput } from '../execution-input';
import type { RequestFact } from '../execution-observer.port';
import type { ExecutionOutcome } from '../execution-outcome';
import { MemoryCheckpointStore } from '../memory-checkpoint-store';
import { runExecution } from '../run-execution';
import type { Preview, PreviewedCondition, PreviewedRequest } from './preview.types';
import { sampleOf } from './sample';
import { watchedPlan } from './watched-plan';

/** Longer waits end a preview. */
const PATIENCE_MS = 5_000;
const LONGEST_PREVIEW_MS = 30_000;

export type PreviewInput = Omit<ExecutionInput, 'stop' | 'checkpoint' | 'parkAfterMs' | 'sliceMs'> & {
  readonly maxRequests: number;
};
export type PreviewPorts = Omit<EnginePorts, 'publisher' | 'checkpoints' | 'observer'>;

type Draft = Omit<PreviewedRequest, 'conditions' | 'messages'> & {
  conditions: PreviewedCondition[];
  messages: JsonValue[];
};

/** Runs a plan for real against the API, item by item, but publishes nothing and stores nothing. Throws as `runExecution`. */
export async function previewExecution(input: PreviewInput, ports: PreviewPorts): Promise<Preview> {
  const { maxRequests, redactor, plan } = input;
  const requests: Draft[] = [];
  const stop = new StopSignal();
  const publisher = new MemoryPublisher();
  const outcome = await runExecution(
    {
      ...input,
      plan: watchedPlan(plan, (condition) => requests.at(-1)?.conditions.push(condition)),
      stop,
      checkpoint: null,
      parkAfterMs: PATIENCE_MS,
      sliceMs: LONGEST_PREVIEW_MS,
    },
    {
      ...ports,
      publisher,
      checkpoints: new MemoryCheckpointStore(),
      observer: {
        requestSent: (fact) => {
          requests.push(draftOf(fact, input));
          if (requests.length >= maxRequests) stop.ask('yield');
        },
      },
    },
  );
  const messages = [...publisher.messages('responses'), ...publisher.messages('errors')] as JsonObject[];
  for (const message of messages) ownerOf(message, requests)?.messages.push(sampleOf(message, redactor));
  return { requests, ...endOf(outcome, requests.length >= maxRequests) };
}

function draftOf(fact: RequestFact, { redactor }: PreviewInput): Draft {
  const { method, shownUrl, shownHeaders } = fact.shown;
  return {
    step_path: fact.stepPath,
    page: fact.page,
    item_index: fact.itemIndex,
    request: {
      method,
      url: shownUrl,
      headers: shownHeaders,
      body: fact.body === null ? null : redactor.text(fact.body),
    },
    status_code: fact.status,
    duration_ms: Math.round(fact.durationMs),
    error: fact.errorCode,
    response_sample: sampleOf(fact.response?.body ?? null, redactor),
    conditions: [],
    messages: [],
  };
}

/** The last request of the message's step and page: its items and parts belong to the answer they came from. */
function ownerOf(message: JsonObject, requests: readonly Draft[]): Draft | undefined {
  const ofStep = requests.filter((each) => each.step_path === message.step_path && each.page === message.page);
  return ofStep.findLast((each) => each.item_index === message.item_index) ?? ofStep.at(-1) ?? requests.at(-1);
}

function endOf(outcome: ExecutionOutcome, isFull: boolean): Pick<Preview, 'receipt' | 'stopped_by' | 'error'> {
  switch (outcome.kind) {
    case 'success':
      return { receipt: outcome.receipt, stopped_by: 'end', error: null };
    case 'failed':
    case 'aborted':
      return { receipt: outcome.receipt, stopped_by: outcome.kind, error: outcome.error };
    case 'parked':
      return { receipt: outcome.receipt, stopped_by: isFull ? 'max_requests' : 'wait', error: null };
    case 'cancelled':
    case 'lost':
      throw new Error(`a preview cannot end as ${outcome.kind}`);
  }
}
