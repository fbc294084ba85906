import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type OrchidProcess, startProcess } from '@orchid/testing';
import { DEMO_APPS, type DemoApp, type DemoPorts } from './demo-ports';
import { DemoError } from './demo.errors';

const LAST_LINES = 15;

/** The three processes of an installation, each with its log file. */
export class DemoProcesses {
  private readonly running = new Map<DemoApp, OrchidProcess>();
  private stopping = false;
  private reportDeath: (death: DemoError) => void = () => undefined;
  /** Resolves, with what to tell, when one of them ends unasked. */
  readonly died: Promise<DemoError>;

  constructor(
    readonly env: Readonly<Record<string, string>>,
    private readonly ports: DemoPorts,
    private readonly logs: string,
  ) {
    this.died = new Promise((resolve) => (this.reportDeath = resolve));
    mkdirSync(logs, { recursive: true });
  }

  /** Resolves when all are ready. Where one does not come up the others must still be stopped. */
  async start(): Promise<void> {
    const starts = await Promise.allSettled(DEMO_APPS.map((app) => this.startOne(app)));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  url(app: DemoApp): string {
    return `http://localhost:${this.running.get(app)?.port ?? 0}`;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const codes = await Promise.all([...this.running].map(async ([app, each]) => ({ app, code: await each.stop() })));
    const bad = codes.filter(({ code }) => code !== 0);
    if (bad.length > 0) {
      throw new DemoError(bad.map(({ app, code }) => `${app} ended with ${code ?? 'a signal'}`).join(', '));
    }
  }

  kill(): void {
    this.stopping = true;
    for (const each of this.running.values()) each.kill('SIGKILL');
  }

  private async startOne(app: DemoApp): Promise<void> {
    const log = createWriteStream(path.join(this.logs, `${app}.log`));
    const onLine = (line: string) => void log.write(`${line}\n`);
    const env = { ...this.env, PORT: String(this.ports[app]) };
    const started = await startProcess({ app, env, onLine }).catch((error: unknown) => {
      throw new DemoError(`The ${error instanceof Error ? error.message : String(error)}`, error);
    });
    this.running.set(app, started);
    void started.exited.then((code) => {
      this.running.delete(app);
      if (!this.stopping) this.reportDeath(this.deathOf(app, code, started.lines));
    });
  }

  private deathOf(app: DemoApp, code: number | null, lines: readonly string[]): DemoError {
    const how = code === null ? 'was killed' : `ended with code ${code}`;
    const last = lines.slice(-LAST_LINES).map((line) => `    ${line}`);
    const file = path.join(this.logs, `${app}.log`);
    return new DemoError([`The ${app} ${how}. Its last lines, of ${file}:`, ...last].join('\n'));
  }
}
