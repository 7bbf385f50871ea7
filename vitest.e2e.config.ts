import { defineConfig } from 'vitest/config';

/** Tests against a live cluster, named by KUBECONFIG. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    reporters: ['default', './test/summary-reporter.ts'],
    // One cluster: files that scale or break the same pods must not run at the same time.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 600_000,
    // Each failure waits for its time-out. After three the cluster is what is broken, and the rest would only wait too.
    bail: 3,
  },
});
