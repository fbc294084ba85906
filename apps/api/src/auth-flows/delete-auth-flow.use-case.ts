import { Injectable } from '@nestjs/common';
import type { Scope } from '../http/tenant-door';
import { refuseWhileUsed } from './auth-flow-use';

@Injectable()
export class DeleteAuthFlow {
  /** Refused while plans need it. */
  async execute({ work, caller }: Scope, id: string): Promise<void> {
    const flow = await work.authFlows.get(id);
    if (caller.expected === undefined || caller.expected === flow.revision) await refuseWhileUsed(work, flow, 'flow');
    await work.authFlows.delete(id, caller.expected);
  }
}
