import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const WORKSPACE = path.resolve(__dirname, '../..');
const BOUNDARY = '@nx/enforce-module-boundaries';
const INDEX_ONLY = 'no-restricted-imports';

interface LintMessage {
  readonly ruleId: string | null;
  readonly message: string;
}

/** What is imported where, and the rule that must object; `undefined` where the import is fine. */
const CASES: readonly (readonly [string, string, string, string | undefined])[] = [
  ['domain imports Nest', 'libs/engine/src/x.ts', '@nestjs/common', BOUNDARY],
  ['domain imports TypeORM', 'libs/plan/src/x.ts', 'typeorm', BOUNDARY],
  ['domain imports BullMQ', 'libs/rate-limit/src/x.ts', 'bullmq', BOUNDARY],
  ['platform imports Nest', 'libs/observability/src/x.ts', 'nestjs-pino', BOUNDARY],
  ['kernel imports a driver', 'libs/kernel/src/x.ts', 'ioredis', BOUNDARY],
  ['adapter imports adapter', 'libs/persistence/src/x.ts', '@orchid/queue', BOUNDARY],
  ['domain imports adapter', 'libs/engine/src/x.ts', '@orchid/persistence', BOUNDARY],
  ['platform imports domain', 'libs/config/src/x.ts', '@orchid/plan', BOUNDARY],
  ['kernel imports a lib', 'libs/kernel/src/x.ts', '@orchid/config', BOUNDARY],
  ['a lib imports another by path', 'libs/engine/src/x.ts', '../../kernel/src/ids', BOUNDARY],
  ['a lib imports itself by name', 'libs/engine/src/x.ts', '@orchid/engine', BOUNDARY],
  ['an app imports another', 'apps/api/src/x.ts', '../../worker/src/main', BOUNDARY],
  ['a lib imports an app', 'libs/engine/src/x.ts', '../../../apps/worker/src/main', BOUNDARY],
  ['from inside a lib', 'apps/api/src/x.ts', '@orchid/engine/src/run', INDEX_ONLY],
  ['production code imports the testing lib', 'libs/engine/src/x.ts', '@orchid/testing', BOUNDARY],
  ['an app imports the testing lib', 'apps/worker/src/x.ts', '@orchid/testing', BOUNDARY],
  ['a test imports the testing lib', 'libs/engine/src/x.spec.ts', '@orchid/testing', undefined],
  ['an e2e test imports the testing lib', 'apps/api/e2e/x.e2e-spec.ts', '@orchid/testing', undefined],
  ['a tool imports the testing lib', 'tools/x.ts', '@orchid/testing', undefined],
  ['an app imports an adapter', 'apps/api/src/x.ts', '@orchid/persistence', undefined],
  ['an app imports Nest', 'apps/api/src/x.ts', '@nestjs/common', undefined],
  ['adapter imports domain', 'libs/persistence/src/x.ts', '@orchid/plan', undefined],
  ['adapter imports TypeORM', 'libs/persistence/src/x.ts', 'typeorm', undefined],
  ['domain imports kernel', 'libs/engine/src/x.ts', '@orchid/kernel', undefined],
];

async function lint(texts: readonly { filePath: string; text: string }[]): Promise<LintMessage[][]> {
  const running = promisify(execFile)(process.execPath, [path.join(__dirname, 'lint-texts.mjs')], { cwd: WORKSPACE });
  running.child.stdin?.end(JSON.stringify(texts));
  return JSON.parse((await running).stdout) as LintMessage[][];
}

describe('the layers', () => {
  let messages: LintMessage[][];

  beforeAll(async () => {
    messages = await lint(
      CASES.map(([, filePath, from]) => ({ filePath, text: `import * as x from '${from}';\n\nx;\n` })),
    );
  }, 60_000);

  it.each(CASES.map((each, index) => [...each, index] as const))(
    '%s: %s imports %s',
    (_what, _file, _from, rule, index) => {
      const objections = messages[index]?.filter(({ ruleId }) => ruleId === BOUNDARY || ruleId === INDEX_ONLY);
      expect(objections).toEqual(rule === undefined ? [] : [expect.objectContaining({ ruleId: rule })]);
    },
  );
});

describe('npm run cycles', () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'orchid-cycles-'));
  afterAll(() => rmSync(root, { recursive: true }));

  /** A workspace of its own with these files, checked by this workspace's command and configuration. */
  async function cycles(
    name: string,
    files: Readonly<Record<string, string>>,
  ): Promise<{ failed: boolean; output: string }> {
    const workspace = path.join(root, name);
    for (const folder of ['apps', 'tools']) mkdirSync(path.join(workspace, folder), { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(workspace, file)), { recursive: true });
      writeFileSync(path.join(workspace, file), text);
    }
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json']) {
      writeFileSync(path.join(workspace, file), readFileSync(path.join(WORKSPACE, file)));
    }
    symlinkSync(path.join(WORKSPACE, 'node_modules'), path.join(workspace, 'node_modules'));
    const { scripts } = JSON.parse(readFileSync(path.join(WORKSPACE, 'package.json'), 'utf8')) as {
      scripts: { cycles: string };
    };
    writeFileSync(path.join(workspace, 'package.json'), JSON.stringify({ private: true, scripts }));
    try {
      const { stdout } = await promisify(execFile)('npm', ['run', 'cycles'], { cwd: workspace });
      return { failed: false, output: stdout };
    } catch (error) {
      return { failed: true, output: String((error as { stdout?: unknown }).stdout) };
    }
  }

  it.each([
    ['within a lib', { 'libs/a/src/x.ts': `import './y';`, 'libs/a/src/y.ts': `import './x';` }],
    [
      'between libs, by their names',
      {
        'libs/a/src/index.ts': `export { b } from '@orchid/b';\nexport const a = 1;`,
        'libs/b/src/index.ts': `import { a } from '@orchid/a';\nexport const b = a;`,
      },
    ],
    [
      'of types only',
      {
        'libs/a/src/x.ts': `import type { Y } from './y';\nexport type X = Y | 1;`,
        'libs/a/src/y.ts': `import type { X } from './x';\nexport type Y = X | 2;`,
      },
    ],
  ])('fails on a cycle %s', async (name, files) => {
    const { failed, output } = await cycles(name, files);
    expect(output).toContain('no-circular');
    expect(failed).toBe(true);
  });

  it('passes where there is none', async () => {
    const files = { 'libs/a/src/x.ts': `import './y';`, 'libs/a/src/y.ts': `export const y = 1;` };
    expect(await cycles('sound', files)).toMatchObject({
      failed: false,
      output: expect.stringContaining('no dependency violations'),
    });
  });
});
