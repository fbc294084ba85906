import type { TenantStatements } from '../database/statements';
import { Checkpoint } from './checkpoint.entity';

/** Where executions go on from. */
export class CheckpointStore {
  constructor(private readonly sql: TenantStatements) {}

  /** Null before the first page and after success. */
  async find(executionId: string): Promise<Checkpoint | null> {
    return this.sql.one(Checkpoint, `SELECT * FROM checkpoints WHERE tenant_id = $1 AND execution_id = $2`, [
      this.sql.tenantId,
      executionId,
    ]);
  }

  /** Lets a retry go on where another execution stopped. */
  async copy(from: string, to: string): Promise<void> {
    await this.sql.run(
      `INSERT INTO checkpoints (tenant_id, execution_id, epoch, state)
       SELECT tenant_id, $3, 0, state FROM checkpoints WHERE tenant_id = $1 AND execution_id = $2`,
      [this.sql.tenantId, from, to],
    );
  }

  async delete(executionId: string): Promise<void> {
    await this.sql.run(`DELETE FROM checkpoints WHERE tenant_id = $1 AND execution_id = $2`, [
      this.sql.tenantId,
      executionId,
    ]);
  }
}
