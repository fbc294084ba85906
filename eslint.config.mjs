import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import sonarjs from 'eslint-plugin-sonarjs';
import tseslint from 'typescript-eslint';

// Without a graph on disk the boundary rule skips itself, quietly: it is made, or brought up to date, here.
process.env.NX_DAEMON = 'false';
await createProjectGraphAsync({ exitOnError: false });

const FRAMEWORKS = ['@nestjs/*', 'typeorm', 'bullmq', 'nestjs-pino'];
const layer = (source, targets, banned = []) => ({
  sourceTag: `layer:${source}`,
  onlyDependOnLibsWithTags: targets.map((target) => `layer:${target}`),
  ...(banned.length > 0 && { bannedExternalImports: banned }),
});

const layers = [
  layer('app', ['adapter', 'domain', 'platform', 'kernel']),
  layer('adapter', ['domain', 'platform', 'kernel']),
  layer('domain', ['domain', 'platform', 'kernel'], FRAMEWORKS),
  layer('platform', ['platform', 'kernel'], FRAMEWORKS),
  layer('kernel', [], [...FRAMEWORKS, 'ioredis', 'kafkajs', 'pg', 'undici']),
  layer('testing', ['testing', 'adapter', 'domain', 'platform', 'kernel']),
  layer('tools', ['testing', 'app', 'adapter', 'domain', 'platform', 'kernel']),
];
const withTesting = layers.map((rule) => ({
  ...rule,
  onlyDependOnLibsWithTags: [...rule.onlyDependOnLibsWithTags, 'layer:testing'],
}));
const boundaries = (depConstraints) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      enforceBuildableLibDependency: false,
      allow: [],
      depConstraints,
      banTransitiveDependencies: false,
      // A lib's tests use libs/testing, which uses the lib: no cycle, for only tests may import it.
      ignoredCircularDependencies: [['testing', '*']],
    },
  ],
});
const TESTS = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/*.contract.ts', 'apps/*/e2e/**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.nx/**', '.stack/**', 'coverage/**', 'tools/lint/fixtures/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { '@nx': nx, sonarjs },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...boundaries(layers),
      'max-lines': ['error', { max: 350 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      'max-depth': ['error', 3],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@orchid/*/*'], message: 'Import the library from its index: @orchid/<lib>.' }] },
      ],
      'sonarjs/cognitive-complexity': ['error', 12],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Nest declares its plain option objects as classes.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // A constructor parameter's class is also its Nest injection token: a type-only import would erase it.
      '@typescript-eslint/consistent-type-imports': 'off',
    },
  },
  {
    files: TESTS,
    rules: {
      ...boundaries(withTesting),
      'max-lines-per-function': 'off',
      'sonarjs/cognitive-complexity': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['libs/persistence/src/migrations/**'], rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' } },
  prettier,
);
