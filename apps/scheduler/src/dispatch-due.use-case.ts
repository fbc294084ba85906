import { OrchidError } from '@orchid/kernel';
import type { SchedulerPorts } from './scheduler-ports';

/** Due pairs taken in one transaction. */
const BATCH = 1_000;

/** Makes executions of what is due and enqueues them. Any number of schedulers may do so at once. */
export class DispatchDue {
  constructor(private readonly ports: SchedulerPorts) {}

  /** Returns when to look again, in milliseconds since the epoch; null when nothing is planned. */
  async execute(): Promise<number | null> {
    const { database } = this.ports;
    for (;;) {
      const made = await database.dispatch.run((work) => work.claimDue(BATCH));
      if (made.length > 0) await this.enqueue(made);
      if (made.length < BATCH) break;
    }
    const next = await database.dispatch.run((work) => work.nextDueAt());
    return next?.getTime() ?? null;
  }

  /** The executions are in PostgreSQL by now: without Redis they wait for the reconciler. */
  private async enqueue(made: readonly { readonly tenantId: string; readonly executionId: string }[]): Promise<void> {
    const { queue, logger } = this.ports;
    try {
      await queue.enqueueAll(made);
      logger.debug({ executions: made.length }, 'due executions enqueued');
    } catch (error) {
      if (!(error instanceof OrchidError)) throw error;
      logger.warn(
        { err: error, executions: made.length },
        'due executions could not be enqueued; they are found again later',
      );
    }
  }
}
