import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { answerProbe, type ProbePath } from '@orchid/observability';
import type { Response } from 'express';
import { API_PORTS, type ApiPorts } from '../api-ports';

const UP = { status: 200, description: 'Up.' };
const DOWN = { status: 503, description: 'Something is down.' };

/** For load balancers, orchestrators and Prometheus: no tenant, no login. */
@ApiTags('operations')
@Controller()
export class ProbeController {
  constructor(@Inject(API_PORTS) private readonly ports: ApiPorts) {}

  @Get('health')
  @ApiOperation({ summary: 'Every dependency with status and latency', security: [] })
  @ApiResponse(UP)
  @ApiResponse(DOWN)
  health(@Res() response: Response): Promise<void> {
    return this.send('/health', response);
  }

  @Get('healthz')
  @ApiOperation({ summary: 'Readiness: whether requests may be sent here', security: [] })
  @ApiResponse(UP)
  @ApiResponse(DOWN)
  ready(@Res() response: Response): Promise<void> {
    return this.send('/healthz', response);
  }

  @Get('live')
  @ApiOperation({ summary: 'Liveness: the process is not stuck', security: [] })
  @ApiResponse(UP)
  live(@Res() response: Response): Promise<void> {
    return this.send('/live', response);
  }

  @Get('metrics')
  @ApiOperation({ summary: 'Metrics for Prometheus', security: [] })
  @ApiResponse({
    status: 200,
    description: "Prometheus' text format.",
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  metrics(@Res() response: Response): Promise<void> {
    return this.send('/metrics', response);
  }

  private async send(path: ProbePath, response: Response): Promise<void> {
    const { status, contentType, body } = await answerProbe(path, this.ports);
    response.status(status).setHeader('cache-control', 'no-store').setHeader('content-type', contentType).end(body);
  }
}
