import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Each file of tests is a process of its own, and many start commands: what one has compiled the others need not.
process.env['NODE_COMPILE_CACHE'] ??= resolve('node_modules/.cache/node-compile');

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['./test/pages.global-setup.ts', './test/postgres.global-setup.ts'],
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
