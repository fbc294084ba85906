const swcrc = JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8'));
const { baseUrl, paths, ...jsc } = swcrc.jsc;

const project = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch,
  rootDir: __dirname,
  testEnvironment: 'node',
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: { '^@orchid/([^/]+)$': '<rootDir>/libs/$1/src/index.ts' },
  transform: {
    '^.+\\.(ts|mjs|js)$': ['@swc/jest', { jsc, module: { type: 'commonjs' }, sourceMaps: 'inline', swcrc: false }],
  },
  transformIgnorePatterns: ['/node_modules/(?!(jose|uuid|re2js)/)'],
  ...extra,
});

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 20_000,
  projects: [
    project('unit', ['<rootDir>/{apps,libs,tools}/**/*.spec.ts']),
    project('int', ['<rootDir>/{apps,libs,tools}/**/*.int-spec.ts']),
    project('e2e', ['<rootDir>/{apps,tools}/**/*.e2e-spec.ts']),
  ],
};
