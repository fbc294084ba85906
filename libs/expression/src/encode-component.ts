const KEPT_BY_PLATFORM = /[!'()*]/g;
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Percent-encodes everything but RFC 3986's unreserved characters. Lone surrogates become U+FFFD. */
export function encodeComponent(text: string): string {
  return encodeURIComponent(text.replace(LONE_SURROGATES, '\ufffd')).replace(KEPT_BY_PLATFORM, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
