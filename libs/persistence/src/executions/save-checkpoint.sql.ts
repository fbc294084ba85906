/** Guard, heartbeat and checkpoint in one round trip: without the epoch there is no row to insert a checkpoint for. */
export const SAVE_CHECKPOINT = `WITH mine AS (
    UPDATE executions SET heartbeat_at = clock_timestamp(), progress = COALESCE($5, progress)
    WHERE tenant_id = $1 AND id = $2 AND epoch = $3 AND status = 'running' RETURNING tenant_id, id, epoch, cancel_requested
  ), saved AS (
    INSERT INTO checkpoints (tenant_id, execution_id, epoch, state)
    SELECT tenant_id, id, epoch, $4::json FROM mine
    ON CONFLICT (tenant_id, execution_id) DO UPDATE
      SET epoch = EXCLUDED.epoch, state = EXCLUDED.state, updated_at = clock_timestamp()
  )
  SELECT cancel_requested FROM mine`;
