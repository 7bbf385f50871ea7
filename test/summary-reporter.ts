import type { Reporter, SerializedError, TestModule, TestRunEndReason, TestSuite, Vitest } from 'vitest/node';

interface Summary {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
}

/**
 * Ends the run with one line that a script can read, `N passed, N failed`, and says of every skipped test why it was skipped.
 * What kept tests from running at all, such as a file that does not load, counts as failed: otherwise it would vanish from the line.
 */
export default class SummaryReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const summary = summarize(modules, unhandledErrors.length, reason, this.#vitest?.getGlobalTestNamePattern());
    if (summary.failed > 0) process.exitCode = 1;
    const text = render(summary);
    if (this.#vitest?.config.watch) console.log(text);
    // Vitest writes its own closing words after this hook; the line must come after them.
    else process.once('exit', () => process.stdout.write(text));
  }
}

function summarize(
  modules: readonly TestModule[],
  unhandledErrors: number,
  reason: TestRunEndReason,
  asked: RegExp | undefined,
): Summary {
  const summary: Summary = { passed: 0, failed: unhandledErrors, skipped: [] };
  for (const module of modules) {
    summary.failed += module.errors().length;
    for (const suite of module.children.allSuites()) summary.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') summary.passed += 1;
      // Whoever asked for others by -t knows why.
      else if (result.state === 'skipped' && asked && !asked.test(test.fullName)) continue;
      else if (result.state === 'skipped')
        summary.skipped.push({
          name: `${module.relativeModuleId} > ${test.fullName}`,
          reason: result.note ?? (brokenParent(test.parent) ? 'its set-up failed' : "none given; use skip('reason')"),
        });
      // A test that is still pending was cut off by the end of the run.
      else summary.failed += 1;
    }
  }
  const nothingRan = summary.passed === 0 && summary.skipped.length === 0;
  if (summary.failed === 0 && (nothingRan || reason !== 'passed')) summary.failed = 1;
  return summary;
}

function brokenParent(parent: TestModule | TestSuite): boolean {
  return parent.errors().length > 0 || (parent.type === 'suite' && brokenParent(parent.parent));
}

function render({ passed, failed, skipped }: Summary): string {
  const reasons = skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}\n`);
  const counts = [`${passed} passed`, `${failed} failed`, ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])];
  return `${reasons.join('')}${counts.join(', ')}\n`;
}
