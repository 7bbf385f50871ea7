import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['./test/postgres.global-setup.ts'],
    // Many tests wait: for a process, a store, a time-out. One less than there are processors, as is the default, leaves one idle.
    maxWorkers: '100%',
    reporters: ['default', './test/summary-reporter.ts'],
    // Some tests start the compiler, the linter or a server as a child process, on runners with few cores.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // A variable or a mock that one test leaves behind must not decide the next one.
    unstubEnvs: true,
    restoreMocks: true,
  },
});
