import type { FaultRule } from './stub-api.types';

interface Armed {
  readonly rule: FaultRule;
  seen: number;
}

/** The faults in force. The first rule that matches a request decides, until it is used up. */
export class FaultBook {
  private armed: Armed[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    this.set(rules);
  }

  set(rules: readonly FaultRule[]): void {
    this.armed = rules.map((rule) => ({ rule, seen: 0 }));
  }

  /** The fault for this request, if any; counts it as used. */
  take(method: string, path: string): FaultRule | undefined {
    for (const armed of this.armed) {
      if (!matches(armed.rule, method, path)) continue;
      armed.seen += 1;
      const { after = 0, times = Infinity } = armed.rule;
      if (armed.seen > after && armed.seen <= after + times) return armed.rule;
    }
    return undefined;
  }
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false;
  return rule.path.endsWith('*') ? path.startsWith(rule.path.slice(0, -1)) : path === rule.path;
}
