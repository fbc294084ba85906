import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SCHEDULES_CHANGED } from '@orchid/persistence';
import { DispatchDue } from './dispatch-due.use-case';
import { ReconcileLost } from './reconcile-lost.use-case';
import { RepeatingTask } from './repeating-task';
import { SCHEDULER_PORTS, type SchedulerPorts } from './scheduler-ports';

const RECONCILE_EVERY_MS = 5_000;
const AFTER_FAILURE_MS = 1_000;

/** Looks for due plans when one is due, when something changed, and every poll interval; and for lost executions. */
@Injectable()
export class SchedulerService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly dispatching: RepeatingTask;
  private readonly reconciling: RepeatingTask;
  private unlisten: () => Promise<void> = () => Promise.resolve();

  constructor(
    @Inject(SCHEDULER_PORTS) private readonly ports: SchedulerPorts,
    private readonly dispatchDue: DispatchDue,
    private readonly reconcileLost: ReconcileLost,
  ) {
    const { clock, logger } = ports;
    this.dispatching = new RepeatingTask('dispatching', () => this.dispatch(), AFTER_FAILURE_MS, clock, logger);
    this.reconciling = new RepeatingTask('reconciling', () => this.reconcile(), RECONCILE_EVERY_MS, clock, logger);
  }

  async onApplicationBootstrap(): Promise<void> {
    this.reconciling.start();
    if (!this.ports.settings.scheduler.enabled) return;
    this.unlisten = await this.ports.database.listen(SCHEDULES_CHANGED, () => this.dispatching.wake());
    this.dispatching.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.unlisten();
    await Promise.all([this.dispatching.stop(), this.reconciling.stop()]);
  }

  private async dispatch(): Promise<number> {
    const next = await this.dispatchDue.execute();
    const { pollIntervalMs } = this.ports.settings.scheduler;
    return next === null ? pollIntervalMs : Math.min(Math.max(next - this.ports.clock.now(), 0), pollIntervalMs);
  }

  private async reconcile(): Promise<number> {
    await this.reconcileLost.execute();
    return RECONCILE_EVERY_MS;
  }
}
