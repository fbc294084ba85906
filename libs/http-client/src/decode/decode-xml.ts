import { XMLParser, XMLValidator } from 'fast-xml-parser';

import type { JsonValue } from '@orchid/kernel';

import { invalidBody, type DecodedBody } from './decoded-body';
import { DEEPEST_NESTING } from './json-depth';

const DOCTYPE = /<!DOCTYPE/i;
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/g;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * XML 1.0 as objects: attributes `@name`, text beside them `#text`, an element that occurs once an object and more than once an
 * array unless `forceArray` names its path (`feed.entry`). Every value is text. A DOCTYPE is refused, and with it every entity
 * but the five of the standard and character references.
 */
export function decodeXml(text: string, forceArray: readonly string[] = []): DecodedBody {
  if (text.trim() === '') return { body: null };
  if (DOCTYPE.test(text)) return invalidBody('XML with a DOCTYPE is refused.', text);
  try {
    if (XMLValidator.validate(text) !== true) return invalidBody('The body is not well-formed XML.', text);
    return { body: parserFor(forceArray).parse(text.replace(CDATA, escapeSection)) as JsonValue };
  } catch {
    return invalidBody('The XML nests too deep or uses names that are not allowed.', text);
  }
}

/** The charset that the XML declaration names, read as ASCII (XML 1.0, appendix F). */
export function declaredXmlCharset(bytes: Buffer): string | undefined {
  return /^<\?xml[^>]{0,200}?encoding=["']([\w.:-]{1,40})["']/i.exec(bytes.toString('latin1', 0, 256))?.[1];
}

function parserFor(forceArray: readonly string[]): XMLParser {
  const always = new Set(forceArray);
  return new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    textNodeName: '#text',
    parseTagValue: false,
    parseAttributeValue: false,
    // Entities are undone below: the parser's own expansion knows no character references.
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    maxNestedTags: DEEPEST_NESTING,
    isArray: (_name, path) => always.has(String(path)),
    tagValueProcessor: (_name, value) => resolveReferences(value),
    attributeValueProcessor: (_name, value) => resolveReferences(value),
  });
}

function escapeSection(_section: string, content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && code !== 0;
    return isCharacter ? String.fromCodePoint(code) : whole;
  });
}
