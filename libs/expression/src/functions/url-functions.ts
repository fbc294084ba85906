import { ExpressionError } from '../expression.errors';
import { define } from './function-definition';
import { built } from './text-functions';

export const URL_FUNCTIONS = [
  define({
    name: 'resolve_url',
    signature: 'resolve_url(base, reference)',
    description: 'The absolute address a reference means on the page `base`.',
    examples: [["resolve_url('https://x.test/v1/items?page=1', '?page=2')", 'https://x.test/v1/items?page=2']],
    parameters: ['text', 'text'],
    call: ([base, reference], run) => {
      const url = tryUrl(reference, base);
      if (url === null)
        throw new ExpressionError('expression_error', 'resolve_url() needs an absolute base and a reference');
      return built(url.href, run);
    },
  }),
  define({
    name: 'query_param',
    signature: 'query_param(url, name)',
    description: "The first value of a parameter in an address's query; null where there is none.",
    examples: [
      ["query_param('https://x.test/?cursor=a%20b', 'cursor')", 'a b'],
      ["query_param('/items?page=2', 'size')", null],
    ],
    parameters: ['text', 'text'],
    call: ([address, name]) => {
      const [beforeFragment = ''] = address.split('#', 1);
      const at = beforeFragment.indexOf('?');
      return at === -1 ? null : new URLSearchParams(beforeFragment.slice(at + 1)).get(name);
    },
  }),
];

function tryUrl(reference: string, base: string): URL | null {
  try {
    return new URL(reference, base);
  } catch {
    return null;
  }
}
