export interface Links {
  readonly links: Readonly<Record<string, string>>;
  readonly linkParams: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Link {
  readonly target: string;
  readonly params: Map<string, string>;
}

export const NO_LINKS: Links = Object.freeze({ links: Object.freeze({}), linkParams: Object.freeze({}) });

const TARGET = /[\s,]*<([^<>]*)>/y;
const PARAM = /\s*;\s*([!#$%&'*+.^_`|~\w-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y;

/** Parses a Link header (RFC 8288, section 3): targets made absolute against `base`, the first of a relation wins. */
export function parseLinks(header: string, base: string): Links {
  const links = new Map<string, string>();
  const linkParams = new Map<string, Record<string, string>>();
  for (const { target, params } of readLinks(header)) {
    // A link with an anchor is about another resource than the one that was asked for.
    if (params.has('anchor') || !URL.canParse(target, base)) continue;
    const { rel = '', ...rest } = Object.fromEntries(params);
    for (const relation of rel.toLowerCase().split(/\s+/)) {
      if (relation === '' || links.has(relation)) continue;
      links.set(relation, new URL(target, base).href);
      linkParams.set(relation, rest);
    }
  }
  return { links: Object.fromEntries(links), linkParams: Object.fromEntries(linkParams) };
}

function* readLinks(header: string): Generator<Link> {
  let at = 0;
  while (at < header.length) {
    TARGET.lastIndex = at;
    const target = TARGET.exec(header);
    if (target === null) return;
    const params = new Map<string, string>();
    at = readParams(header, TARGET.lastIndex, params);
    yield { target: target[1] ?? '', params };
  }
}

function readParams(header: string, start: number, params: Map<string, string>): number {
  let at = start;
  for (;;) {
    PARAM.lastIndex = at;
    const param = PARAM.exec(header);
    if (param === null) break;
    at = PARAM.lastIndex;
    const name = (param[1] ?? '').toLowerCase();
    const value = param[2]?.replace(/\\(.)/g, '$1') ?? param[3] ?? '';
    if (!params.has(name)) params.set(name, value);
  }
  const comma = header.indexOf(',', at);
  return comma < 0 ? header.length : comma;
}
