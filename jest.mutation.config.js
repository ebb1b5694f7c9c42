const { globalSetup, globalTeardown, reporters, ...config } = require('./jest.config');

// Each mutant that the simulation covers has to meet it.
process.env.SIMULATION_SEEDS = '100';

/** @type {import('jest').Config} the tests that need no server and no bundle, for Stryker */
module.exports = {
  ...config,
  testMatch: ['unit', 'property', 'simulation', 'fuzz'].map(
    (of) => `<rootDir>/test/${of}/**/*.test.ts`,
  ),
};
