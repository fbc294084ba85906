import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { API_PORTS, type ApiPorts } from './api-ports';
import { AuthFlowController } from './auth-flows/auth-flow.controller';
import { CreateAuthFlow } from './auth-flows/create-auth-flow.use-case';
import { DeleteAuthFlow } from './auth-flows/delete-auth-flow.use-case';
import { UpdateAuthFlow } from './auth-flows/update-auth-flow.use-case';
import { ConfigController } from './configs/config.controller';
import { CreateConfig } from './configs/create-config.use-case';
import { ReadConfigs } from './configs/read-configs.use-case';
import { SetConfigEnabled } from './configs/set-config-enabled.use-case';
import { UpdateConfig } from './configs/update-config.use-case';
import { PlanSchemaController } from './docs/plan-schema.controller';
import { CancelExecution } from './executions/cancel-execution.use-case';
import { DispatchExecution } from './executions/dispatch-execution';
import { ExecutionEvents } from './executions/execution-events';
import { ExecutionController } from './executions/execution.controller';
import { ProblemFilter } from './http/problem.filter';
import { TenantDoor } from './http/tenant-door';
import { CreateIntegration } from './integrations/create-integration.use-case';
import { IntegrationController } from './integrations/integration.controller';
import { UpdateIntegration } from './integrations/update-integration.use-case';
import { CheckPlan } from './plans/check-plan';
import { CreatePlan } from './plans/create-plan.use-case';
import { PlanActionController } from './plans/plan-action.controller';
import { PlanVersionController } from './plans/plan-version.controller';
import { PlanController } from './plans/plan.controller';
import { PreviewPlan } from './plans/preview-plan.use-case';
import { RollbackPlan } from './plans/rollback-plan.use-case';
import { TriggerPlan } from './plans/trigger-plan.use-case';
import { UpdatePlan } from './plans/update-plan.use-case';
import { ValidatePlan } from './plans/validate-plan.use-case';
import { ProbeController } from './probes/probe.controller';
import { StatisticsController } from './statistics/statistics.controller';

const CONTROLLERS = [
  IntegrationController,
  ConfigController,
  AuthFlowController,
  PlanActionController,
  PlanController,
  PlanVersionController,
  ExecutionController,
  StatisticsController,
  ProbeController,
  PlanSchemaController,
];

const USE_CASES = [
  ...[CreateIntegration, UpdateIntegration],
  ...[CreateConfig, ReadConfigs, SetConfigEnabled, UpdateConfig],
  ...[CreateAuthFlow, DeleteAuthFlow, UpdateAuthFlow],
  ...[CheckPlan, CreatePlan, PreviewPlan, RollbackPlan, TriggerPlan, UpdatePlan, ValidatePlan],
  ...[CancelExecution, DispatchExecution, ExecutionEvents],
];

@Module({})
export class ApiModule {
  static with(ports: ApiPorts): DynamicModule {
    const { logger } = ports;
    return {
      module: ApiModule,
      // Requests are logged by a middleware of our own, which comes before everything that may refuse them.
      imports: [LoggerModule.forRoot({ pinoHttp: { logger, autoLogging: false }, forRoutes: [] })],
      controllers: CONTROLLERS,
      providers: [
        { provide: API_PORTS, useValue: ports },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        TenantDoor,
        ...USE_CASES,
      ],
    };
  }
}
