export interface WindowVerdict {
  readonly allowed: boolean;
  readonly headers: Record<string, string>;
}

/** A fixed window of requests, told in X-RateLimit headers. */
export class RequestWindow {
  private start = 0;
  private used = 0;

  constructor(private readonly rule: { readonly limit: number; readonly windowSeconds: number }) {}

  take(now: number): WindowVerdict {
    const length = this.rule.windowSeconds * 1000;
    if (now >= this.start + length) {
      this.start = now;
      this.used = 0;
    }
    const allowed = this.used < this.rule.limit;
    if (allowed) this.used += 1;
    const reset = this.start + length;
    const headers: Record<string, string> = {
      'x-ratelimit-limit': String(this.rule.limit),
      'x-ratelimit-remaining': String(this.rule.limit - this.used),
      'x-ratelimit-reset': String(Math.ceil(reset / 1000)),
    };
    if (!allowed) headers['retry-after'] = String(Math.max(1, Math.ceil((reset - now) / 1000)));
    return { allowed, headers };
  }
}
