import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { settingsReference } from '@orchid/config';
import { messageSchemas } from '@orchid/messaging';
import { validatePlan } from '@orchid/plan';
import { compileAuthFlow } from '@orchid/auth';
import { snippets } from './snippets';

const ROOT = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(path.join(ROOT, 'docs')).filter(isPage).map(inDocs)];

function isPage(name: string): boolean {
  return name.endsWith('.md');
}

function inDocs(name: string): string {
  return `docs/${name}`;
}

/** As git hosts make them from headings. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the documentation', () => {
  it.each(PAGES)('%s links to what is there', (page) => {
    const text = read(page).replace(/^```[\s\S]*?^```/gm, '');
    const broken = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#');
        const found = file === '' ? page : path.join(path.dirname(page), file);
        if (!existsSync(path.join(ROOT, found))) return true;
        return anchor !== undefined && !anchorsOf(read(found)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('lists every page in its index', () => {
    const index = read('docs/README.md');
    const missing = PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
      .map((page) => path.basename(page))
      .filter((name) => !index.includes(`(${name})`));
    expect(missing).toEqual([]);
  });

  it('has the settings as the code has them: npm run -s config -- --reference > docs/settings.md', () => {
    expect(read('docs/settings.md').trimEnd()).toBe(settingsReference().trimEnd());
  });

  it('shows plans and auth flows that are valid, without a warning', () => {
    const plans = [
      snippets(read('README.md'), 'plan=readme'),
      snippets(read('docs/getting-started.md'), 'file=plan.json'),
    ];
    for (const [plan] of plans) {
      expect(validatePlan(JSON.parse(plan ?? ''))).toMatchObject({ ok: true, warnings: [] });
    }
    const [login] = snippets(read('docs/getting-started.md'), 'file=login.json');
    expect(() => compileAuthFlow(JSON.parse(login ?? ''))).not.toThrow();
  });

  it('shows messages with the fields that messages have', () => {
    const [message, receipt] = snippets(read('docs/consume.md'), '').map((text) => JSON.parse(text) as Message);
    expect(Object.keys(message ?? {})).toEqual(messageSchemas.response.required);
    const { properties } = messageSchemas.executionCompleted;
    expect(Object.keys(receipt?.receipt ?? {})).toEqual(Object.keys(properties.receipt.properties));
  });
});

interface Message {
  readonly receipt?: object;
}
