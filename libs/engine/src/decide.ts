import type { Scope } from '@orchid/expression';
import type { OutboundResponse } from '@orchid/http-client';
import type { CompiledStep, StatusRule } from '@orchid/plan';

export type Verdict =
  | { readonly kind: 'success' | 'ignore' | 'unauthorized' }
  | { readonly kind: 'retry' | 'fail' | 'abort'; readonly code: string; readonly message: string };

interface Question {
  readonly step: CompiledStep;
  readonly response: OutboundResponse;
  readonly scope: Scope;
  /** A flow fills `auth` here, and this request has not yet been sent again with a fresh token. */
  readonly canRenewToken: boolean;
}

type RuleName = keyof CompiledStep['rules'];

/** What an answer means: the first rule that applies, each status list before its condition. */
export function decide(question: Question): Verdict {
  const { response, step } = question;
  const abort = applied(question, 'abort');
  if (abort !== null) return { kind: 'abort', ...abort };
  if (applied(question, 'ignore') !== null) return { kind: 'ignore' };
  if (applied(question, 'accept') !== null) return usable(response);
  const retry = applied(question, 'retry');
  if (retry !== null) return { kind: 'retry', ...retry };
  if (response.status === 401 && question.canRenewToken) return { kind: 'unauthorized' };
  const fail = applied(question, 'fail');
  if (fail !== null) return { kind: 'fail', ...fail };
  if (response.status >= 400) return { kind: 'fail', ...byStatus(response.status, step.path) };
  return usable(response);
}

function usable(response: OutboundResponse): Verdict {
  return response.fault === undefined ? { kind: 'success' } : { kind: 'fail', ...response.fault };
}

function applied(question: Question, name: RuleName): { code: string; message: string } | null {
  const rule: StatusRule = question.step.rules[name];
  const { status } = question.response;
  if (rule.on.has(status)) return byStatus(status, question.step.path);
  if (rule.when?.test(question.scope) !== true) return null;
  const code = `${name}_when`;
  return { code, message: `the answer (status ${status}) met ${code}: ${rule.when.source}` };
}

function byStatus(status: number, stepPath: string): { code: string; message: string } {
  return { code: `http_${status}`, message: `step ${stepPath} was answered with status ${status}` };
}
