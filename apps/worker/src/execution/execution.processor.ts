import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ExecutionWorker } from '@orchid/queue';
import { WORKER_PORTS, type WorkerPorts } from '../worker-ports';
import { RunExecution } from './run-execution.use-case';
import { RunningExecutions } from './running-executions';

/** Takes executions from the queue for as long as the process lives. */
@Injectable()
export class ExecutionProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly worker: ExecutionWorker;

  constructor(
    @Inject(WORKER_PORTS) ports: WorkerPorts,
    private readonly running: RunningExecutions,
    runExecution: RunExecution,
  ) {
    const { settings, logger } = ports;
    this.worker = new ExecutionWorker({
      redisUrl: settings.redis.url,
      keyPrefix: settings.redis.keyPrefix,
      name: settings.worker.queue,
      concurrency: settings.worker.concurrency,
      handle: (ref) => runExecution.execute(ref),
      onError: (error) => logger.warn({ err: error }, 'the queue reports trouble'),
    });
  }

  onApplicationBootstrap(): void {
    this.worker.start();
  }

  /** Finishes the pages in flight, keeps their positions and hands the jobs back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.running.drain();
    await this.worker.close();
  }
}
