import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { generate } from './generate';

const WORKSPACE = path.resolve(__dirname, '../..');
const root = mkdtempSync(path.join(os.tmpdir(), 'orchid-generate-'));
afterAll(() => rmSync(root, { recursive: true }));

const run = promisify(execFile);
const contentOf = (file: string) => readFileSync(path.join(root, file), 'utf8');

describe('generate', () => {
  it('makes a lib that the layers know', () => {
    expect(generate(root, ['lib', 'gadget', 'adapter'])).toEqual([
      'libs/gadget/project.json',
      'libs/gadget/README.md',
      'libs/gadget/src/index.ts',
    ]);
    const { $schema, ...project } = JSON.parse(contentOf('libs/gadget/project.json')) as Record<string, unknown>;
    const sample = JSON.parse(readFileSync(path.join(WORKSPACE, 'libs/queue/project.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect($schema).toBe(sample.$schema);
    expect(JSON.stringify(project)).toBe(
      JSON.stringify({ ...sample, $schema: undefined }).replaceAll('queue', 'gadget'),
    );
  });

  it('makes code that is formatted and type-checks as this workspace demands', async () => {
    generate(root, ['use-case', 'polish-gadget', 'libs/gadget/src/polish']);
    generate(root, ['store', 'gadget-part', 'libs/gadget/src/']);
    cpSync(path.join(WORKSPACE, 'libs/kernel'), path.join(root, 'libs/kernel'), { recursive: true });
    for (const file of ['tsconfig.base.json', 'tsconfig.json', '.prettierrc.json', '.swcrc', 'jest.config.cjs']) {
      cpSync(path.join(WORKSPACE, file), path.join(root, file));
    }
    symlinkSync(path.join(WORKSPACE, 'node_modules'), path.join(root, 'node_modules'));
    writeFileSync(path.join(root, 'package.json'), '{}');
    const bin = (name: string, ...args: string[]) =>
      run(path.join(WORKSPACE, 'node_modules/.bin', name), args, { cwd: root });
    await bin('tsgo', '--noEmit', '-p', 'tsconfig.json');
    await bin('prettier', '--check', 'libs/gadget');
    await bin('jest', 'libs/gadget/src/memory-gadget-part-store', '--selectProjects', 'unit');
    // A use case that nobody has written must not pass its spec.
    await expect(bin('jest', 'libs/gadget/src/polish', '--selectProjects', 'unit')).rejects.toThrow('not written yet');
  }, 60_000);

  it('numbers decision records', () => {
    expect(generate(root, ['adr', 'paint-it-black'])).toEqual(['docs/adr/0001-paint-it-black.md']);
    expect(generate(root, ['adr', 'paint-it-blue'])).toEqual(['docs/adr/0002-paint-it-blue.md']);
    expect(contentOf('docs/adr/0002-paint-it-blue.md')).toMatch(/^# 2\. Paint it blue\n\nStatus: proposed\n/);
  });

  it('overwrites nothing', () => {
    generate(root, ['lib', 'twice']);
    expect(() => generate(root, ['lib', 'twice'])).toThrow('There is already libs/twice/project.json');
  });

  it.each([
    [[], 'npm run generate'],
    [['module', 'x'], 'npm run generate'],
    [['lib', 'Create_Plan'], 'is no name'],
    [['lib', '../outside'], 'is no name'],
    [['lib', 'plan-utils'], 'utils says nothing'],
    [['lib', 'x', 'app'], 'none of the layers'],
    [['store', 'x'], 'Say where'],
    [['store', 'x', 'libs/../../outside/src'], 'Say where'],
  ])('refuses %j', (args, message) => {
    expect(() => generate(root, args)).toThrow(message);
  });
});
