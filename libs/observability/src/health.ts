export interface CheckResult {
  readonly status: 'up' | 'down';
  readonly latency_ms: number;
  /** A short code, never a message: that may quote addresses or credentials. */
  readonly error?: string;
}

export interface HealthReport {
  /** `down` when any check is. */
  readonly status: 'up' | 'down';
  /** Whether work may be sent here: started, not draining, and every required check up. */
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

/** Proves that a dependency answers; rejects when it does not. */
export type HealthCheck = () => Promise<unknown>;

interface NamedCheck {
  readonly name: string;
  readonly check: HealthCheck;
  readonly required: boolean;
}

const TIMEOUT_MS = 2_000;
/** Probes of several watchers at the same time cost the dependencies one. */
const FRESH_MS = 500;

/** The named dependencies of a process and whether they answer within two seconds. */
export class HealthRegistry {
  private readonly checks: NamedCheck[] = [];
  private latest: { readonly at: number; readonly report: Promise<HealthReport> } | undefined;
  private phase: 'starting' | 'serving' | 'draining' = 'starting';

  constructor(private readonly timeoutMs: number = TIMEOUT_MS) {}

  /** A check that is not `required` shows in the report but does not take the process out of service. */
  register(name: string, check: HealthCheck, { required = true }: { readonly required?: boolean } = {}): this {
    this.checks.push({ name, check, required });
    return this;
  }

  /** Call when the process can take work. */
  markStarted(): void {
    this.phase = 'serving';
    this.latest = undefined;
  }

  /** Call first at shutdown: `ready` is false from now on. */
  markDraining(): void {
    this.phase = 'draining';
    this.latest = undefined;
  }

  report(): Promise<HealthReport> {
    const now = performance.now();
    if (this.latest === undefined || now - this.latest.at > FRESH_MS) this.latest = { at: now, report: this.run() };
    return this.latest.report;
  }

  private async run(): Promise<HealthReport> {
    const results = await Promise.all(
      this.checks.map(async (each) => ({ ...each, result: await this.runOne(each.check) })),
    );
    const isUp = ({ result }: { result: CheckResult }) => result.status === 'up';
    return {
      status: results.every(isUp) ? 'up' : 'down',
      ready: this.phase === 'serving' && results.filter(({ required }) => required).every(isUp),
      checks: Object.fromEntries(results.map(({ name, result }) => [name, result])),
    };
  }

  private async runOne(check: HealthCheck): Promise<CheckResult> {
    const started = performance.now();
    const elapsed = () => Math.round((performance.now() - started) * 10) / 10;
    const timer = new AbortController();
    try {
      await Promise.race([check(), rejectAfter(this.timeoutMs, timer.signal)]);
      return { status: 'up', latency_ms: elapsed() };
    } catch (error) {
      return { status: 'down', latency_ms: elapsed(), error: codeOf(error) };
    } finally {
      timer.abort();
    }
  }
}

class CheckTimedOut extends Error {
  readonly code = 'timeout';
}

function rejectAfter(ms: number, stop: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setTimeout(() => reject(new CheckTimedOut()), ms);
    stop.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : 'failed';
}
