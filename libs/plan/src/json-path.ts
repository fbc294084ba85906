export type PathSegment = string | number;

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The JSONPath (RFC 9535) of a member or an element below another one: `$.step` and `url` give `$.step.url`. */
export function below(path: string, segment: PathSegment): string {
  if (typeof segment === 'number') return `${path}[${segment}]`;
  return PLAIN_NAME.test(segment) ? `${path}.${segment}` : `${path}[${quoted(segment)}]`;
}

/** The JSONPath of a list of names and indexes from the root. */
export function jsonPath(segments: readonly PathSegment[]): string {
  return segments.reduce<string>(below, '$');
}

/** Whether `path` is `ancestor` or lies inside it. */
export function isWithin(path: string, ancestor: string): boolean {
  if (!path.startsWith(ancestor)) return false;
  return ['', '.', '['].includes(path.charAt(ancestor.length));
}

const LONGEST_NAME = 64;

function quoted(name: string): string {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return `'${shown.replace(/[\\']/g, '\\$&').replace(/[\u0000-\u001f\ud800-\udfff]/g, escapeUnit)}'`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
