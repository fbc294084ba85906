import { Injectable } from '@nestjs/common';
import { Conflict, type Execution } from '@orchid/persistence';
import type { Scope } from '../http/tenant-door';
import { DispatchExecution } from './dispatch-execution';

@Injectable()
export class CancelExecution {
  constructor(private readonly dispatch: DispatchExecution) {}

  /** One that waits ends at once; one that runs stops before its next request. Throws `Conflict` when it has ended otherwise. */
  async execute({ work, caller, afterCommit }: Scope, id: string): Promise<Execution> {
    const outcome = await work.executions.requestCancel(id);
    const { execution } = outcome;
    if (outcome.kind === 'finished' && execution.status !== 'cancelled') {
      const { status } = execution;
      throw new Conflict('already_finished', `The execution has ended: ${status}.`, { executionStatus: status });
    }
    const ref = { tenantId: caller.tenantId, executionId: id };
    if (outcome.kind === 'requested' && outcome.wake) afterCommit(() => this.dispatch.wake(ref));
    return execution;
  }
}
