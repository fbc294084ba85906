import type { AuthToken } from '@orchid/auth';
import type { Scope } from '@orchid/expression';
import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { CompiledStep } from '@orchid/plan';
import type { InnerState, StepState, WaitState } from './checkpoint';
import { unpackExchange } from './exchange';
import type { Place } from './emitter';
import type { Execution } from './execution';
import type { Frame } from './frame';
import { reads } from './stages';

/** Passes remembered over a restart: a longer cycle is found one round later. */
const SEEN_KEPT = 20;

/** One step's loop while it runs: what changes from pass to pass. */
export class LoopState implements Place {
  page: number;
  vars: JsonObject;
  prev: JsonValue;
  nextUrl: string | null;
  /** The origin that may receive this step's credentials, once its first request is known. */
  origin: string | null;
  /** Name of the flow that fills `auth` here. */
  flow: string | null = null;
  waited: WaitState | null;
  inner: InnerState | null;
  readonly seen: Map<string, string>;
  readonly bodies: JsonValue[];
  /** A later sibling or the enclosing item asks for the bodies of all passes. */
  readonly wantsBodies: boolean;
  private readonly keepsPrev: boolean;

  constructor(
    readonly run: Execution,
    readonly step: CompiledStep,
    readonly frame: Frame,
    begin: { readonly resumed: StepState | null; readonly wantsBodies: boolean },
  ) {
    const { resumed } = begin;
    this.wantsBodies = begin.wantsBodies;
    this.page = resumed?.pass ?? 1;
    this.vars = { ...(resumed?.vars ?? frame.vars) };
    this.prev = resumed?.prev ?? null;
    this.nextUrl = resumed?.nextUrl ?? null;
    this.origin = resumed?.origin ?? null;
    this.waited = resumed?.waited ?? null;
    const inner = resumed?.inner ?? null;
    this.inner = inner === null ? null : { ...inner, exchange: unpackExchange(inner.exchange) };
    this.seen = new Map(resumed?.seen ?? []);
    this.bodies = [...(resumed?.bodies ?? [])];
    this.keepsPrev = reads(step, 'prev');
  }

  get loops(): boolean {
    return this.step.while !== null || this.step.nextUrl !== null;
  }

  scope(over: { response?: JsonObject; token?: AuthToken | null; attempt?: number } = {}): Scope {
    const { run, frame, step } = this;
    const { input } = run;
    return {
      config: input.config,
      auth: over.token === null || over.token === undefined ? null : authScope(over.token),
      context: run.context.scope(this.page),
      vars: this.vars,
      response: over.response ?? null,
      prev: this.prev,
      parent: frame.parent,
      item: frame.item ?? null,
      item_index: frame.itemIndex,
      meta: {
        tenant_id: input.tenantId,
        plan_key: input.plan.document.key,
        plan_version: input.planVersion,
        config_id: input.configId,
        execution_id: input.executionId,
        step_path: step.path,
        page: this.page,
        attempt: over.attempt ?? 1,
      },
    };
  }

  /** Moves on to the next pass. */
  advance(response: JsonObject, nextUrl: string | null): void {
    this.page += 1;
    this.prev = this.keepsPrev ? response : null;
    this.nextUrl = nextUrl;
    this.waited = null;
    this.inner = null;
  }

  state(): StepState {
    const { page, vars, prev, nextUrl, origin, waited, inner } = this;
    const seen = [...this.seen].slice(-SEEN_KEPT);
    return { pass: page, vars: { ...vars }, prev, nextUrl, origin, seen, bodies: [...this.bodies], waited, inner };
  }

  /** What `parent` is for the sub-steps that run on this response. */
  parentScope(response: JsonObject): JsonObject {
    return { ...response, parent: this.frame.parent, item: this.frame.item ?? null };
  }
}

function authScope(token: AuthToken): JsonObject {
  const expires = token.expiresAt === null ? null : new Date(token.expiresAt).toISOString();
  return {
    ...token.fields,
    token: token.token,
    access_token: token.token,
    headers: { ...token.headers },
    expires_at: expires,
  };
}
