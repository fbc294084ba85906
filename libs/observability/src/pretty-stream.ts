import { Writable } from 'node:stream';
import colors from 'picocolors';

type Line = Record<string, unknown>;

const LEVELS: Readonly<Record<number, string>> = {
  10: colors.gray('TRACE'),
  20: colors.blue('DEBUG'),
  30: colors.green('INFO '),
  40: colors.yellow('WARN '),
  50: colors.red('ERROR'),
  60: colors.bgRed('FATAL'),
};
const OWN_FIELDS = new Set(['level', 'time', 'name', 'msg', 'err']);

/** Turns JSON log lines into lines for a terminal: time, level, message, fields, and the stack of an error below. */
export function prettyStream(output: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(chunk: unknown, _encoding, done) {
      output.write(formatLine(String(chunk)));
      done();
    },
  });
}

export function formatLine(json: string): string {
  const line = parseLine(json);
  if (line === undefined) return json;
  const time = new Date(Number(line.time)).toISOString().slice(11, 23);
  const level = LEVELS[Number(line.level)] ?? '     ';
  const fields = Object.entries(line)
    .filter(([name]) => !OWN_FIELDS.has(name))
    .map(([name, value]) => `${colors.dim(`${name}=`)}${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const message = typeof line.msg === 'string' ? line.msg : '';
  return `${[colors.dim(time), level, message, ...fields].join(' ')}\n${stackOf(line.err)}`;
}

function parseLine(json: string): Line | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Line) : undefined;
  } catch {
    return undefined;
  }
}

function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null || !('stack' in err)) return '';
  return `${String(err.stack).replaceAll(/^/gm, '    ')}\n`;
}
