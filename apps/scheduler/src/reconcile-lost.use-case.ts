import type { SchedulerPorts } from './scheduler-ports';

const PENDING_FOR_MS = 10_000;
const SILENT_FOR_MS = 15_000;

/** Enqueues again what should have a live job and has none: after a crash, or after Redis lost its data. */
export class ReconcileLost {
  constructor(private readonly ports: SchedulerPorts) {}

  /** Returns how many were enqueued. */
  async execute(): Promise<number> {
    const { database, queue, metrics, logger } = this.ports;
    const suspects = await database.dispatch.run((work) =>
      work.lostExecutions({ pendingForMs: PENDING_FOR_MS, silentForMs: SILENT_FOR_MS }),
    );
    if (suspects.length === 0) return 0;
    const lost = await queue.missing(suspects);
    if (lost.length === 0) return 0;
    await queue.enqueueAll(lost);
    metrics.recoveredExecutions.inc({}, lost.length);
    logger.warn({ executions: lost.length }, 'executions without a job were enqueued again');
    return lost.length;
  }
}
