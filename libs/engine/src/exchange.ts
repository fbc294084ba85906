import type { OutboundResponse } from '@orchid/http-client';
import { parseJson, type JsonObject } from '@orchid/kernel';

/** A request as far as messages show it. */
export interface SavedRequest {
  readonly method: string;
  readonly url: string;
  readonly shownUrl: string;
  readonly shownHeaders: Readonly<Record<string, string | string[]>>;
}

/** An answer with the request that got it. */
export interface Exchange {
  readonly request: SavedRequest;
  /** What `response` holds in a scope. */
  readonly response: JsonObject;
  /** The body's own text when it was JSON. */
  readonly json: string | null;
  readonly encoding: 'base64' | null;
  readonly size: number;
}

export function exchangeOf(request: SavedRequest, response: OutboundResponse): Exchange {
  return {
    request,
    response: responseScope(response),
    json: response.json ?? null,
    encoding: response.encoding ?? null,
    size: response.size,
  };
}

export function responseScope(response: OutboundResponse): JsonObject {
  return {
    status_code: response.status,
    headers: { ...response.headers },
    body: response.body,
    links: { ...response.links },
    link_params: { ...response.linkParams },
    url: response.url,
    duration_ms: Math.round(response.durationMs),
  };
}

/** The response of a step that sends nothing. */
export const emptyExchange: Exchange = {
  request: { method: '', url: '', shownUrl: '', shownHeaders: {} },
  response: { status_code: null, headers: {}, body: null, links: {}, link_params: {}, url: null, duration_ms: null },
  json: null,
  encoding: null,
  size: 0,
};

/** An exchange in a checkpoint: a JSON body is there once, as text. */
export interface SavedExchange extends Exchange {
  readonly packed?: true;
}

export function packExchange(exchange: Exchange): SavedExchange {
  if (exchange.json === null) return exchange;
  return { ...exchange, response: { ...exchange.response, body: null }, packed: true };
}

export function unpackExchange({ packed, ...exchange }: SavedExchange): Exchange {
  if (packed === undefined || exchange.json === null) return exchange;
  return { ...exchange, response: { ...exchange.response, body: parseJson(exchange.json) } };
}
