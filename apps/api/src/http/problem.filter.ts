import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@orchid/observability';
import type { Request, Response } from 'express';
import { tellProblem } from './problem';

/** The only place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const { problem, retryAfter, isDefect } = tellProblem(error, request.originalUrl.split('?')[0] ?? '/');
    if (isDefect) this.logger.error({ err: error }, 'a request failed for a defect');
    else if (problem.status === 503) this.logger.warn({ err: error }, problem.detail);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (retryAfter !== null) response.setHeader('retry-after', String(retryAfter));
    // What is left of a refused body is not read: the connection cannot carry another request.
    if (problem.status === 413) response.setHeader('connection', 'close');
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
