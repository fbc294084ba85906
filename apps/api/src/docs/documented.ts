import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { TITLES } from '../http/error-table';
import { ProblemResponse } from './problem.response';

export type ProblemStatus = 400 | 404 | 409 | 412 | 413 | 415 | 422;

export interface Documentation {
  readonly summary: string;
  readonly description?: string;
  /** The problems it has beside those that every route has (401, 500, 503). */
  readonly problems?: readonly ProblemStatus[];
  readonly headers?: readonly ('If-Match' | 'Idempotency-Key')[];
}

const HEADERS = {
  'If-Match': 'The ETag that GET answered: the change is refused with 412 if somebody else was faster.',
  'Idempotency-Key': 'A repeat with the same key and body within 24 hours is answered with the first answer.',
} as const;

/** What a route does and how it may refuse. */
export function Documented({ summary, description, problems = [], headers = [] }: Documentation): MethodDecorator {
  const statuses = [...problems, 401, 500, 503].sort((a, b) => a - b);
  return applyDecorators(
    ApiOperation({ summary, ...(description !== undefined && { description }) }),
    ...headers.map((name) => ApiHeader({ name, description: HEADERS[name], required: false })),
    ...statuses.map(problemResponse),
  );
}

function problemResponse(status: number) {
  const schema = { $ref: getSchemaPath(ProblemResponse) };
  return ApiResponse({
    status,
    description: TITLES[status] ?? 'Error',
    content: { 'application/problem+json': { schema } },
  });
}
