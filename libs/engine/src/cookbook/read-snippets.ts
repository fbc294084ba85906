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

export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a page. A pipe within a cell is written `\|`. */
export function tablesOf(page: string): Table[] {
  return [...page.matchAll(/(?:^\|.*\|\n)+/gm)].map(([block]) => {
    const [header = [], , ...rows] = block.trim().split('\n').map(cellsOf);
    return { header, rows };
  });
}

/** A cell that is one piece of code, without its back quotes. */
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

/** What a page's heading is called in a link. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-');
}
