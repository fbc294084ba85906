import type { StopSignal } from '@orchid/engine';
import { OrchidError, type Clock, type JsonObject } from '@orchid/kernel';
import type { Logger } from '@orchid/observability';
import { OwnershipLost, type Database, type OwnerNews } from '@orchid/persistence';

const HEARTBEAT_MS = 3_000;

export interface OwnedExecution {
  readonly tenantId: string;
  readonly executionId: string;
  readonly epoch: number;
}

/** Tells PostgreSQL that this worker lives, and the engine when it is to stop: cancelled, or owned by another worker. */
export class Ownership {
  private readonly ended = new AbortController();
  private beating: Promise<void> | null = null;
  private progress: JsonObject | null = null;

  constructor(
    readonly execution: OwnedExecution,
    readonly stop: StopSignal,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.beating = this.beat();
  }

  async end(): Promise<void> {
    this.ended.abort(new Error('the execution has ended'));
    await this.beating;
  }

  /** What the next heartbeat tells those who watch. */
  note(progress: JsonObject): void {
    this.progress = progress;
  }

  /** Writes a position. Throws `OwnershipLost`; the engine is then told to stop as well. */
  async save(state: JsonObject, progress: JsonObject): Promise<void> {
    const { tenantId, executionId, epoch } = this.execution;
    await this.heed(() =>
      this.database.tenant(tenantId).run((work) => work.executions.saveCheckpoint(executionId, epoch, state, progress)),
    );
  }

  /** Proves that this worker is still the owner. Throws `OwnershipLost`. */
  async confirm(): Promise<void> {
    const { tenantId, executionId, epoch } = this.execution;
    await this.heed(() =>
      this.database.tenant(tenantId).run((work) => work.executions.heartbeat(executionId, epoch, this.progress)),
    );
  }

  private async heed(write: () => Promise<OwnerNews>): Promise<void> {
    try {
      const { cancelRequested } = await write();
      if (cancelRequested) this.stop.ask('cancel');
    } catch (error) {
      if (error instanceof OwnershipLost) this.stop.ask('lost');
      throw error;
    }
  }

  private async beat(): Promise<void> {
    for (;;) {
      try {
        await this.clock.sleep(HEARTBEAT_MS, this.ended.signal);
      } catch {
        return;
      }
      await this.confirm().catch((error: unknown) => {
        const code = error instanceof OrchidError ? error.code : 'failed';
        this.logger.warn({ code, err: error }, 'a heartbeat could not be written');
      });
    }
  }
}
