import type { IncomingMessage } from 'node:http';

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The fields of a form or of a flat JSON object. */
export function parseFields(text: string, contentType = ''): Map<string, string> {
  if (!contentType.includes('json')) return new Map(new URLSearchParams(text));
  const parsed: unknown = JSON.parse(text === '' ? '{}' : text);
  const entries = Object.entries(parsed ?? {}) as [string, unknown][];
  return new Map(entries.map(([name, value]) => [name, String(value)]));
}
