import { Client } from 'pg';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** LISTEN on one channel over a connection of its own. */
export class Listener {
  private client: Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly onNotify: (payload: string) => void,
  ) {}

  /** Resolves after the first attempt; when it failed, others follow. */
  async start(): Promise<void> {
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: `listen ${this.channel}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    this.client = client;
    // A restart of the server ends the connection with an error, an orderly shutdown without one.
    client.on('error', () => this.retry(client));
    client.on('end', () => this.retry(client));
    client.on('notification', ({ payload }) => this.onNotify(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.channel)}`);
    } catch {
      this.retry(client);
      return;
    }
    this.failures = 0;
    if (!this.stopped) this.onNotify('');
  }

  private retry(client: Client): void {
    if (this.stopped || this.client !== client) return;
    this.client = null;
    client.end().catch(() => undefined);
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.failures, MAX_DELAY_MS);
    this.failures += 1;
    this.timer = setTimeout(() => void this.connect(), delay);
  }
}
