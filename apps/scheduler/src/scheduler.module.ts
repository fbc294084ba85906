import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { DispatchDue } from './dispatch-due.use-case';
import { ReconcileLost } from './reconcile-lost.use-case';
import { SCHEDULER_PORTS, type SchedulerPorts } from './scheduler-ports';
import { SchedulerService } from './scheduler.service';

@Module({})
export class SchedulerModule {
  static with(ports: SchedulerPorts): DynamicModule {
    return {
      module: SchedulerModule,
      imports: [LoggerModule.forRoot({ pinoHttp: { logger: ports.logger } })],
      providers: [
        { provide: SCHEDULER_PORTS, useValue: ports },
        { provide: DispatchDue, useValue: new DispatchDue(ports) },
        { provide: ReconcileLost, useValue: new ReconcileLost(ports) },
        SchedulerService,
      ],
    };
  }
}
