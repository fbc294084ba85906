export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** How one sort of value is written in the environment or in YAML. */
export interface Kind<T> {
  /** The accepted form, for a person: `a duration such as 30s, 5m, 1h or milliseconds`. */
  readonly accepts: string;
  /** Reads a value from its text. A problem never repeats the text: it may be a secret. */
  parse(text: string): Parsed<T>;
}

/** Bounds of a number, both included. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

export const text: Kind<string> = { accepts: 'text', parse: (value) => ({ value }) };

/** Text that matches `pattern` as a whole. */
export function matching(pattern: RegExp, accepts: string): Kind<string> {
  return { accepts, parse: (value) => (pattern.test(value) ? { value } : { problem: 'does not have that form' }) };
}

export function integer({ min, max }: Bounds): Kind<number> {
  return {
    accepts: `a whole number from ${min} to ${max}`,
    parse: (given) =>
      /^-?\d+$/.test(given) ? within(Number(given), { min, max }) : { problem: 'is not a whole number' },
  };
}

export const port: Kind<number> = { ...integer({ min: 0, max: 65_535 }), accepts: 'a port from 0 to 65535' };

export const boolean: Kind<boolean> = {
  accepts: 'true or false',
  parse: (given) => {
    if (['true', '1', 'yes', 'on'].includes(given.toLowerCase())) return { value: true };
    if (['false', '0', 'no', 'off'].includes(given.toLowerCase())) return { value: false };
    return { problem: 'is neither true nor false' };
  },
};

export function choice<const T extends string>(options: readonly T[]): Kind<T> {
  return {
    accepts: `one of ${options.join(', ')}`,
    parse: (given) => {
      const value = options.find((option) => option === given.toLowerCase());
      return value === undefined ? { problem: 'is none of them' } : { value };
    },
  };
}

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A duration, read into milliseconds. The bounds are in milliseconds. */
export function duration(bounds: Bounds): Kind<number> {
  return {
    accepts: `a duration such as 30s, 5m or 1h, or milliseconds, from ${bounds.min} to ${bounds.max} ms`,
    parse: (given) => {
      const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(given.toLowerCase());
      if (match === null) return { problem: 'is not a duration' };
      return within(Math.round(Number(match[1]) * (DURATION_UNITS[match[2] ?? 'ms'] ?? 1)), bounds);
    },
  };
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
};

/** A size, read into bytes. The bounds are in bytes. */
export function bytes(bounds: Bounds): Kind<number> {
  return {
    accepts: `a size such as 512KiB, 10MiB or 1GB, or bytes, from ${bounds.min} to ${bounds.max} bytes`,
    parse: (given) => {
      const match = /^(\d+(?:\.\d+)?)\s*(b|[kmg]i?b)?$/.exec(given.toLowerCase());
      if (match === null) return { problem: 'is not a size' };
      return within(Math.round(Number(match[1]) * (BYTE_UNITS[match[2] ?? 'b'] ?? 1)), bounds);
    },
  };
}

/** A comma-separated list; blanks around the commas do not count. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    accepts: `a comma-separated list, each ${item.accepts}`,
    parse: (given) => {
      if (given.trim() === '') return { value: [] };
      const values: T[] = [];
      for (const [index, each] of given.split(',').entries()) {
        const parsed = item.parse(each.trim());
        if ('problem' in parsed) return { problem: `has an item (number ${index + 1}) that ${parsed.problem}` };
        values.push(parsed.value);
      }
      return { value: values };
    },
  };
}

export const hostAndPort: Kind<string> = {
  accepts: 'host:port, an IPv6 host in brackets',
  parse: (given) => {
    const match = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})$/i.exec(given);
    const number = Number(match?.[1] ?? 0);
    return number >= 1 && number <= 65_535 ? { value: given } : { problem: 'is not host:port' };
  },
};

/** An absolute URL with one of `protocols` (`https:`). */
export function url(protocols: readonly string[]): Kind<string> {
  return {
    accepts: `a URL starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    parse: (given) => {
      if (!URL.canParse(given)) return { problem: 'is not a URL' };
      const { protocol, hostname } = new URL(given);
      if (!protocols.includes(protocol)) return { problem: 'starts with something else' };
      return hostname === '' ? { problem: 'names no host' } : { value: given };
    },
  };
}

function within(value: number, { min, max }: Bounds): Parsed<number> {
  if (value < min) return { problem: `is below ${min}` };
  return value > max ? { problem: `is above ${max}` } : { value };
}
