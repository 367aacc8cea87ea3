/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Many tests wait for a server, a browser or a time: two at once keep a small machine busy.
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/elastic/global-setup.cjs',
  globalTeardown: '<rootDir>/test/elastic/global-teardown.cjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Only hangs are cut off: how long a test takes depends on what else the machine does.
  testTimeout: 120_000,
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};
