import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileAuthFlow } from '@orchid/auth';
import { validatePlan } from '@orchid/plan';
import { anchorOf, readPage, snippetsOf } from './read-snippets';

const KINDS = ['plan', 'config', 'auth', 'context'];

const page = readPage('cookbook.md');
const snippets = snippetsOf(page);
const plans = snippets.filter(({ kind }) => kind === 'plan');

function testSources(): string {
  const specs = readdirSync(__dirname).filter((file) => file.endsWith('.int-spec.ts'));
  return specs.map((file) => readFileSync(path.join(__dirname, file), 'utf8')).join('\n');
}

describe('the cookbook', () => {
  it('marks every JSON block with what it is and with the recipe it belongs to', () => {
    const blocks = snippets.filter(({ language }) => language === 'json');
    expect(blocks.length).toBeGreaterThan(25);
    for (const { kind, name } of blocks) {
      expect(KINDS).toContain(kind);
      expect(plans.map((plan) => plan.name)).toContain(name);
    }
    const names = plans.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(plans.map(({ name, text }) => [name ?? '', text] as const))(
    '%s is valid and gives no warning',
    (_name, text) => {
      const validation = validatePlan(JSON.parse(text));
      expect(validation).toMatchObject({ ok: true, warnings: [] });
    },
  );

  it('holds valid auth flows', () => {
    const flows = snippets
      .filter(({ kind }) => kind === 'auth')
      .flatMap(({ text }) => [JSON.parse(text)].flat() as never[]);
    expect(flows.map((flow) => compileAuthFlow(flow).name)).toEqual(['login', 'session', 'key', 'oauth']);
  });

  it('has a test that runs each recipe', () => {
    const sources = testSources();
    for (const { name } of plans)
      expect(sources).toMatch(new RegExp(`it(?:\\.each[^\\n]*)?\\(\\s*'${name}|\\[\\s*'${name}'`));
  });

  it('leads every link within it to a heading', () => {
    const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => anchorOf(title)));
    const links = [...page.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(plans.length);
    expect(links.filter((anchor) => !headings.has(anchor))).toEqual([]);
  });
});
