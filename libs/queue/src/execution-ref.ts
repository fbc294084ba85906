/** All that a job holds: PostgreSQL has the rest. */
export interface ExecutionRef {
  readonly tenantId: string;
  readonly executionId: string;
}
