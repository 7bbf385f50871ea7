import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By name: what all rests on comes first, and a failure comes again at the same place. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((one, other) => (one.moduleId < other.moduleId ? -1 : 1));
  }
}

/** Tests against a live cluster, named by KUBECONFIG. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: ['./e2e/cluster.setup.ts'],
    setupFiles: ['./e2e/what-happened.ts'],
    reporters: ['default', './test/summary-reporter.ts'],
    // One cluster: files that scale or break the same pods must not run at the same time.
    fileParallelism: false,
    sequence: { sequencer: ByName },
    testTimeout: 180_000,
    hookTimeout: 600_000,
    // Each failure waits for its time-out. After three the cluster is what is broken, and the rest would only wait too.
    bail: 3,
  },
});
