import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { API_PORTS, type ApiPorts } from '../api-ports';
import type { QueuedExecution } from './execution-queue.port';

/** Whoever triggered it waits no longer for Redis than this. */
const ENQUEUE_WITHIN_MS = 1_500;

/** Hands executions to the queue. Those that Redis does not take now, the scheduler finds in PostgreSQL later. */
@Injectable()
export class DispatchExecution {
  constructor(@Inject(API_PORTS) private readonly ports: ApiPorts) {}

  enqueue(ref: QueuedExecution): Promise<void> {
    return this.attempt(ref, this.ports.queue.enqueue(ref));
  }

  wake(ref: QueuedExecution): Promise<void> {
    return this.attempt(ref, this.ports.queue.wake(ref));
  }

  private async attempt({ tenantId, executionId }: QueuedExecution, done: Promise<void>): Promise<void> {
    try {
      await Promise.race([done, late()]);
    } catch (error) {
      const fields = { err: error, tenant_id: tenantId, execution_id: executionId };
      this.ports.logger.warn(fields, 'not enqueued: the scheduler will do it once Redis answers again');
    }
  }
}

async function late(): Promise<never> {
  await delay(ENQUEUE_WITHIN_MS, undefined, { ref: false });
  throw new Error(`the queue did not answer within ${ENQUEUE_WITHIN_MS} ms`);
}
