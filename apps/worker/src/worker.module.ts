import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { ExecutionProcessor } from './execution/execution.processor';
import { RunExecution } from './execution/run-execution.use-case';
import { RunningExecutions } from './execution/running-executions';
import { WORKER_PORTS, type WorkerPorts } from './worker-ports';

@Module({})
export class WorkerModule {
  static with(ports: WorkerPorts): DynamicModule {
    return {
      module: WorkerModule,
      imports: [LoggerModule.forRoot({ pinoHttp: { logger: ports.logger } })],
      providers: [
        { provide: WORKER_PORTS, useValue: ports },
        RunningExecutions,
        {
          provide: RunExecution,
          useFactory: (running: RunningExecutions) => new RunExecution(ports, running),
          inject: [RunningExecutions],
        },
        ExecutionProcessor,
      ],
    };
  }
}
