import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseJson, type JsonValue } from '@orchid/kernel';

const DOCS = path.resolve(__dirname, '../../../../docs');
const FENCE = /^```(\w+)(?: +([^\n]*?))? *\n([\s\S]*?)^```/gm;

/** A fenced block of a page: its language, what follows that on the opening line (`plan=offset`), and its text. */
export interface Snippet {
  readonly language: string;
  readonly kind: string | null;
  readonly name: string | null;
  readonly text: string;
}

export function readPage(file: string): string {
  return readFileSync(path.join(DOCS, file), 'utf8');
}

export function snippetsOf(page: string): Snippet[] {
  return [...page.matchAll(FENCE)].map(([, language = '', info = '', text = '']) => {
    const [kind, name] = info.split('=');
    return { language, kind: kind === undefined || kind === '' ? null : kind, name: name ?? null, text };
  });
}

/** The JSON blocks of one recipe by kind: `plan`, `config`, `auth`, `context`. */
export function recipeOf(page: string, name: string): Readonly<Record<string, string>> {
  const mine = snippetsOf(page).filter((snippet) => snippet.language === 'json' && snippet.name === name);
  if (mine.length === 0) throw new Error(`the page has no recipe called ${name}`);
  return Object.fromEntries(mine.map(({ kind, text }) => [kind ?? '', text]));
}

/** The cells of every row of the tables under a heading, without the header rows. A pipe in a cell is written `\|`. */
export function tableRows(page: string, heading: string): string[][] {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`the page has no heading ${heading}`);
  const level = heading.split(' ')[0] ?? '#';
  const rest = page.slice(start + heading.length + 2);
  const end = rest.search(new RegExp(`^#{1,${level.length}} `, 'm'));
  const lines = (end < 0 ? rest : rest.slice(0, end)).split('\n').filter((line) => line.startsWith('|'));
  const isRule = (line: string | undefined): boolean => line !== undefined && /^\|[\s:|-]+\|$/.test(line);
  return lines.filter((line, at) => !isRule(line) && !isRule(lines[at + 1])).map(cellsOf);
}

/** A cell that is one piece of code, without its quotes. */
export function codeOf(cell: string): string {
  return /^(`+) ?([\s\S]*?) ?\1$/.exec(cell)?.[2] ?? cell;
}

/** The value that a cell of code holds. */
export function valueOf(cell: string): JsonValue {
  return parseJson(codeOf(cell));
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}
