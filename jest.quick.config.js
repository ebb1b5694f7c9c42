const { reporters, ...config } = require('./jest.config');

// All seeds of the simulation take half a minute.
process.env.SIMULATION_SEEDS ??= '50';

const leftOut = 'races, chaos, comparisons with Django and slow tests: npm run test:all';

/** @type {import('jest').Config} what `npm test` runs; `npm run test:all` runs everything */
module.exports = {
  ...config,
  testPathIgnorePatterns: ['/test/(race|chaos|differential)/', '\\.slow\\.test\\.ts$'],
  reporters: ['default', ['<rootDir>/test/support/summary-reporter.js', { leftOut }]],
};
