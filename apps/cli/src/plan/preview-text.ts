import type { Preview, PreviewedRequest } from '@orchid/engine';
import { stringifyJson } from '@orchid/kernel';

const STOPPED: Readonly<Record<Preview['stopped_by'], string>> = {
  end: 'The plan came to its end.',
  max_requests: 'Stopped after as many requests as asked for (--max-requests).',
  wait: 'Stopped: a limit or the API asks for a longer wait.',
  failed: 'The execution failed.',
  aborted: 'The plan aborted the execution.',
};

/** A preview for a person to read. */
export function previewText({ requests, stopped_by, error, receipt }: Preview): string {
  const why = error === null ? '' : ` ${error.code} in ${error.step_path}: ${error.message}`;
  const counts = `${receipt.api_calls} requests, ${receipt.pages} pages, ${receipt.items_total} items, ${receipt.published} messages (not published)`;
  return [...requests.map(requestText), `${STOPPED[stopped_by]}${why}`, counts].join('\n\n');
}

function requestText(previewed: PreviewedRequest, index: number): string {
  const { request, step_path, page, item_index, status_code, duration_ms, error } = previewed;
  const place = `${step_path}, page ${page}${item_index === null ? '' : `, item ${item_index}`}`;
  const headers = Object.entries(request.headers).map(([name, value]) => `    ${name}: ${String(value)}`);
  const conditions = previewed.conditions.map(
    ({ name, expression, result }) => `  ${name}: ${expression} -> ${String(result)}`,
  );
  return [
    `#${index + 1} ${place}`,
    `  ${request.method} ${request.url}`,
    ...headers,
    ...(request.body === null ? [] : [`    ${request.body}`]),
    `  answer: ${status_code ?? error ?? 'none'} in ${duration_ms} ms`,
    `    ${stringifyJson(previewed.response_sample)}`,
    ...conditions,
    `  would publish ${previewed.messages.length} messages`,
  ].join('\n');
}
