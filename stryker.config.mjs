/**
 * Mutation testing of the function: `npm run mutation`, or of some of it `npm run mutation -- --mutate lambda/data-api/retry.ts`.
 *
 * The tests are those that need no server, since each mutant has to meet them; so what only a server can judge, which
 * is SQL, is left out. Constants of a module are mutated, too, which takes as long as all the rest.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  mutate: [
    'contract/**/*.ts',
    'lambda/**/*.ts',
    '!lambda/database/{mysql,postgresql}/{index,sql,inspect,index-walk,heap-walk}.ts',
    '!lambda/database/{mysql,postgresql}/checkup.ts',
  ],
  testRunner: 'jest',
  jest: { configFile: 'jest.mutation.config.js' },
  plugins: ['@stryker-mutator/jest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ['clear-text', 'json'],
  jsonReporter: { fileName: 'coverage/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, skipFull: true },
  // TypeScript 7 has no API for Stryker to read its configuration with, and esbuild needs none.
  tsconfigFile: 'none',
  tempDirName: 'coverage/stryker',
};
