import type { Names } from './names';

/** Paths in the workspace and their texts. */
export type Files = Readonly<Record<string, string>>;

export type Layer = 'adapter' | 'domain' | 'platform';

export function libFiles({ kebab, words }: Names, layer: Layer): Files {
  const root = `libs/${kebab}`;
  return {
    [`${root}/project.json`]: `{
  "$schema": "../../node_modules/nx/schemas/project-schema.json",
  "name": "${kebab}",
  "projectType": "library",
  "root": "${root}",
  "sourceRoot": "${root}/src",
  "tags": ["layer:${layer}"],
  "targets": { "build": {}, "lint": {}, "test": {} }
}
`,
    [`${root}/README.md`]: `# ${kebab}\n\nWhat ${words} is for, in one page: its ports, an example that runs in the tests.\n`,
    [`${root}/src/index.ts`]: `export {};\n`,
  };
}

export function useCaseFiles({ kebab, pascal, words }: Names, folder: string): Files {
  return {
    [`${folder}/${kebab}.use-case.ts`]: `import type { Clock } from '@orchid/kernel';

export interface ${pascal}Input {
  readonly tenantId: string;
}

/** What came of it: expected outcomes are values, failures are \`OrchidError\`s. */
export type ${pascal}Outcome = { readonly kind: 'done'; readonly at: number };

/** Says what to ${words} means, and when it fails. */
export class ${pascal} {
  constructor(private readonly clock: Clock) {}

  execute(input: ${pascal}Input): Promise<${pascal}Outcome> {
    return Promise.reject(new Error(\`${kebab} is not written yet (\${input.tenantId}, \${this.clock.now()})\`));
  }
}
`,
    [`${folder}/${kebab}.use-case.spec.ts`]: `import type { Clock } from '@orchid/kernel';
import { ${pascal} } from './${kebab}.use-case';

const clock: Clock = { now: () => 1_000, sleep: () => Promise.resolve() };

describe('${pascal}', () => {
  it('does what it is for', async () => {
    expect(await new ${pascal}(clock).execute({ tenantId: 't' })).toEqual({ kind: 'done', at: 1_000 });
  });
});
`,
  };
}

export function storeFiles({ kebab, pascal, camel, words }: Names, folder: string): Files {
  return {
    [`${folder}/${kebab}-store.port.ts`]: `export interface ${pascal} {
  readonly id: string;
  readonly tenantId: string;
}

/** Where each ${words} is kept. Another tenant's is never found. */
export interface ${pascal}Store {
  save(${camel}: ${pascal}): Promise<void>;
  find(tenantId: string, id: string): Promise<${pascal} | undefined>;
}
`,
    [`${folder}/memory-${kebab}-store.ts`]: `import type { ${pascal}, ${pascal}Store } from './${kebab}-store.port';

/** Keeps everything in this process: for tests and previews. */
export class Memory${pascal}Store implements ${pascal}Store {
  private readonly rows = new Map<string, ${pascal}>();

  save(${camel}: ${pascal}): Promise<void> {
    this.rows.set(${camel}.id, ${camel});
    return Promise.resolve();
  }

  find(tenantId: string, id: string): Promise<${pascal} | undefined> {
    const row = this.rows.get(id);
    return Promise.resolve(row?.tenantId === tenantId ? row : undefined);
  }
}
`,
    [`${folder}/${kebab}-store.contract.ts`]: `import { newId } from '@orchid/kernel';
import type { ${pascal}Store } from './${kebab}-store.port';

/** What every implementation promises: run it against the memory and the real one. */
export function describe${pascal}StoreContract(makeStore: () => ${pascal}Store | Promise<${pascal}Store>): void {
  describe('the contract of ${pascal}Store', () => {
    it('finds what was saved, for its tenant only', async () => {
      const store = await makeStore();
      const row = { id: newId(), tenantId: newId() };
      await store.save(row);
      expect(await store.find(row.tenantId, row.id)).toEqual(row);
      expect(await store.find(newId(), row.id)).toBeUndefined();
    });
  });
}
`,
    [`${folder}/memory-${kebab}-store.spec.ts`]: `import { describe${pascal}StoreContract } from './${kebab}-store.contract';
import { Memory${pascal}Store } from './memory-${kebab}-store';

describe${pascal}StoreContract(() => new Memory${pascal}Store());
`,
  };
}

export function adrFiles({ kebab, words }: Names, number: number): Files {
  const id = String(number).padStart(4, '0');
  const title = words.slice(0, 1).toUpperCase() + words.slice(1);
  return {
    [`docs/adr/${id}-${kebab}.md`]: `# ${number}. ${title}

Status: proposed

## Context

What forces are at work, and which facts were measured or found.

## Decision

What we do.

## Consequences

What becomes easier, what becomes harder, and what would make us think again.
`,
  };
}
