import type { AuthToken } from '@orchid/auth';
import {
  TransportError,
  type HttpClient,
  type OutboundRequest,
  type OutboundResponse,
  type RowOptions,
  type RowStream,
} from '@orchid/http-client';
import {
  parseJson,
  Redactor,
  stringifyJson,
  systemClock,
  type Clock,
  type JsonObject,
  type JsonValue,
} from '@orchid/kernel';
import { MemoryPublisher } from '@orchid/messaging';
import { compilePlan, validatePlan, type PlanDocument } from '@orchid/plan';
import { MemoryRateLimiter } from '@orchid/rate-limit';
import { StopSignal, type ExecutionInput } from './execution-input';
import type { ExecutionOutcome } from './execution-outcome';
import { LimiterQuota } from './limiter-quota';
import { MemoryCheckpointStore } from './memory-checkpoint-store';
import { previewExecution, type PreviewPorts } from './preview/preview-execution';
import type { Preview } from './preview/preview.types';
import { runExecution } from './run-execution';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly body?: JsonValue;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fails without an answer. */
  readonly transport?: 'timeout' | 'connection_failed';
  /** Breaks off before this row, where the body is a list that is read as rows. */
  readonly breaksBefore?: number;
}

export type Script = (request: OutboundRequest, call: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** Waits take no time, but move the clock. */
class LeapingClock implements Clock {
  private time = Date.UTC(2026, 0, 15, 10, 30);
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  sleep(ms: number, _signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    this.time += ms;
    return Promise.resolve();
  }
}

/** Runs a plan against a scripted API: no network, no waiting. */
export class ScriptedExecution {
  readonly requests: OutboundRequest[] = [];
  readonly publisher: MemoryPublisher;
  readonly checkpoints = new MemoryCheckpointStore();
  readonly clock = new LeapingClock();
  readonly stop = new StopSignal();
  readonly rejected: string[] = [];
  /** Streams of rows that nobody has closed. */
  openStreams = 0;
  config: JsonObject = { base_url: 'https://api.example.com', api_key: 'very-secret-key' };
  context: JsonObject = { last_success_at: null };
  checkpoint: JsonObject | null = null;
  parkAfterMs = 15_000;
  sliceMs = 3_600_000;
  tokens = ['token-1', 'token-2'];
  tokenParams: Record<string, string> = {};

  constructor(
    private readonly document: PlanDocument,
    private readonly script: Script,
    options: { readonly maxMessageBytes?: number } = {},
  ) {
    this.publisher = new MemoryPublisher(options);
  }

  run(): Promise<ExecutionOutcome> {
    const input = this.input();
    const { checkpoints, publisher } = this;
    return runExecution(input, { ...this.ports(input), checkpoints, publisher, observer: {} });
  }

  preview(maxRequests: number): Promise<Preview> {
    const input = this.input();
    return previewExecution({ ...input, maxRequests }, this.ports(input));
  }

  private ports(input: ExecutionInput): PreviewPorts {
    const limiter = new MemoryRateLimiter(systemClock);
    const identity = { tenantId: input.tenantId, integrationId: 'i', configId: input.configId, config: this.config };
    return {
      http: this.http(),
      auth: {
        get: () => Promise.resolve(this.token()),
        reject: (_flow, token) => {
          this.rejected.push(token.token);
          this.tokens.shift();
          return Promise.resolve();
        },
        only: 'oauth',
        nameOf: () => 'oauth',
      },
      quota: new LimiterQuota(limiter, input.plan.limits, identity, systemClock),
      clock: this.clock,
      random: () => 0.5,
      traceIds: () => null,
    };
  }

  /** Parsed messages of a channel. */
  messages(channel: 'responses' | 'errors'): JsonObject[] {
    return this.publisher.messages(channel) as JsonObject[];
  }

  private token(): AuthToken {
    const token = this.tokens[0] ?? 'token-last';
    return {
      token,
      headers: { Authorization: `Bearer ${token}` },
      params: this.tokenParams,
      expiresAt: null,
      fields: {},
    };
  }

  private input(): ExecutionInput {
    const validation = validatePlan(this.document);
    if (!validation.ok) throw new Error(JSON.stringify(validation.faults));
    return {
      tenantId: '11111111-1111-4111-8111-111111111111',
      executionId: '22222222-2222-4222-8222-222222222222',
      integration: 'acme',
      plan: compilePlan(validation.document),
      planVersion: 1,
      configId: '33333333-3333-4333-8333-333333333333',
      config: this.config,
      secretFields: new Set(['api_key']),
      redactor: new Redactor(['very-secret-key']),
      context: this.context,
      checkpoint: this.checkpoint,
      stop: this.stop,
      parkAfterMs: this.parkAfterMs,
      sliceMs: this.sliceMs,
    };
  }

  private watched(rest: RowStream): RowStream {
    this.openStreams += 1;
    let isOpen = true;
    return {
      ...rest,
      close: () => {
        if (isOpen) this.openStreams -= 1;
        isOpen = false;
      },
    };
  }

  private http(): HttpClient {
    return {
      send: async (request) => {
        this.requests.push(request);
        const answer = await this.script(request, this.requests.length);
        if (answer.transport !== undefined) throw new TransportError(answer.transport, 'no answer came');
        const { rows } = request.decode;
        const response = responseOf(request, answer);
        if (rows === undefined || !Array.isArray(response.body) || response.status >= 400) return response;
        const { isLast, ...first } = await rowsOf(response.body, rows, answer.breaksBefore).next();
        const rest = rowsOf(response.body, { ...rows, skip: rows.skip + rows.perPage }, answer.breaksBefore);
        return { ...response, ...first, ...(!isLast && { rest: this.watched(rest) }) };
      },
      close: () => Promise.resolve(),
    };
  }
}

/** As a client reads rows: each page knows whether it is the last, so one more row has to be there. */
function rowsOf(list: readonly JsonValue[], rows: RowOptions, breaksBefore = Infinity): RowStream {
  let at = rows.skip;
  return {
    next: async () => {
      const end = at + rows.perPage;
      await new Promise((resolve) => setImmediate(resolve));
      if (Math.min(end, list.length - 1) >= breaksBefore) throw new TransportError('truncated', 'only part of it came');
      const body = list.slice(at, end);
      at = end;
      const json = stringifyJson(body);
      return { body, json, size: json.length, isLast: end >= list.length };
    },
    close: () => undefined,
  };
}

function responseOf(request: OutboundRequest, answer: ScriptedAnswer): OutboundResponse {
  const json = stringifyJson(answer.body ?? null);
  return {
    status: answer.status ?? 200,
    headers: { 'content-type': 'application/json', ...answer.headers },
    url: request.url,
    body: parseJson(json),
    json,
    links: {},
    size: json.length,
    durationMs: 1,
  };
}
