import type { IncomingHttpHeaders } from 'node:http';

/** A request as a shape sees it. */
export interface ShapeRequest {
  readonly query: URLSearchParams;
  /** The body as sent; empty without one. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** What the path's pattern captured. */
  readonly captured: readonly string[];
}

export interface ShapeAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

/** One way in which an API answers. */
export interface Shape {
  /** Such as `GET /v1/projects/:id/tasks`: one word per colon. */
  readonly route: string;
  readonly answer: (request: ShapeRequest) => ShapeAnswer;
}

export function json(body: unknown, status = 200): ShapeAnswer {
  return { status, body: JSON.stringify(body) };
}

export function text(body: string, contentType: string): ShapeAnswer {
  return { status: 200, body, headers: { 'content-type': contentType } };
}

/** A number out of a query or a body, at least 0. */
export function count(value: unknown, otherwise: number): number {
  const number = Number(value ?? otherwise);
  return Number.isInteger(number) && number >= 0 ? number : otherwise;
}

/** The members of a JSON body; empty where it is none. */
export function members(body: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(body)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
