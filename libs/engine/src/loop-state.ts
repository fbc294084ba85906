import type { AuthToken } from '@orchid/auth';
import type { Scope } from '@orchid/expression';
import type { JsonObject, JsonValue } from '@orchid/kernel';
import type { CompiledStep } from '@orchid/plan';
import type { InnerState, RowsState, StepState, WaitState } from './checkpoint';
import { unpackExchange } from './exchange';
import type { Place } from './emitter';
import type { Execution } from './execution';
import type { Frame } from './frame';
import type { OpenRows } from './open-rows';
import { reads } from './stages';

/** Passes remembered over a restart: a longer cycle is found one round later. */
const SEEN_KEPT = 20;

interface ScopeParts {
  readonly response?: JsonObject;
  readonly token?: AuthToken | null;
  readonly attempt?: number;
  readonly rows?: RowsState | null;
}

/** One step's loop while it runs: what changes from pass to pass. */
export class LoopState implements Place {
  pass: number;
  /** As published; the same as the pass unless an answer was read as rows. */
  page: number;
  /** How far the pass's answer has been read, when that is done row by row. */
  rows: RowsState | null;
  /** The answer itself, while it arrives. */
  open: OpenRows | null = null;
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
  private parentOf: { readonly response: JsonObject; readonly scope: JsonObject } | null = null;

  constructor(
    readonly run: Execution,
    readonly step: CompiledStep,
    readonly frame: Frame,
    begin: { readonly resumed: StepState | null; readonly wantsBodies: boolean },
  ) {
    const { resumed } = begin;
    this.wantsBodies = begin.wantsBodies;
    this.pass = resumed?.pass ?? 1;
    this.page = resumed?.page ?? this.pass;
    this.rows = resumed?.rows ?? null;
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

  /** Pass of the nearest loop: this one, or one around it. */
  get loopCount(): number {
    return this.loops ? this.pass : this.frame.loopCount;
  }

  /** The bodies of all pages are kept. */
  get gathers(): boolean {
    return this.wantsBodies && (this.loops || typeof this.step.request?.rowsPerPage === 'number');
  }

  scope(over: ScopeParts = {}): Scope {
    const { run, frame, step } = this;
    const { input } = run;
    return {
      config: input.config,
      auth: over.token === null || over.token === undefined ? null : authScope(over.token),
      context: run.context.scope(this.loopCount, over.rows?.context),
      vars: over.rows?.vars ?? this.vars,
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
        page: over.rows?.page ?? this.page,
        attempt: over.attempt ?? 1,
      },
    };
  }

  /** What the pass's request is rendered from: the same each time it is sent, whatever its rows have changed since. */
  requestScope(over: { token: AuthToken | null; attempt: number }): Scope {
    return this.scope({ ...over, rows: this.rows });
  }

  /** The pass's answer is going to be read as rows. */
  beginRows(open: OpenRows): void {
    this.open = open;
    this.rows ??= { done: 0, page: this.page, vars: { ...this.vars }, context: this.run.context.changes() };
  }

  async closeRows(): Promise<void> {
    await this.open?.close();
    this.open = null;
  }

  /** Moves on to the next page of the same answer. */
  advanceRows(count: number): void {
    this.page += 1;
    if (this.rows !== null) this.rows = { ...this.rows, done: this.rows.done + count };
    this.waited = null;
    this.inner = null;
  }

  /** Moves on to the next pass. */
  advance(response: JsonObject, nextUrl: string | null): void {
    this.pass += 1;
    this.page += 1;
    this.rows = null;
    this.prev = this.keepsPrev ? response : null;
    this.nextUrl = nextUrl;
    this.waited = null;
    this.inner = null;
  }

  state(): StepState {
    const { pass, page, rows, vars, prev, nextUrl, origin, waited, inner } = this;
    const seen = [...this.seen].slice(-SEEN_KEPT);
    return {
      pass,
      ...(page !== pass && { page }),
      ...(rows !== null && { rows }),
      vars: { ...vars },
      prev,
      nextUrl,
      origin,
      seen,
      bodies: [...this.bodies],
      waited,
      inner,
    };
  }

  /** What `parent` is for the sub-steps that run on this response. */
  parentScope(response: JsonObject): JsonObject {
    if (this.parentOf?.response !== response) {
      const scope = { ...response, parent: this.frame.parent, item: this.frame.item ?? null };
      this.parentOf = { response, scope };
    }
    return this.parentOf.scope;
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
