import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule, TestRunEndReason, TestSuite, Vitest } from 'vitest/node';

/** So long may the words of an error be, in characters: what ended a run is read from its last few kB. */
const maxReasonLength = 400;

declare module 'vitest' {
  interface TaskMeta {
    /** What else a test that failed has to say of it, in lines: of what it ran against, which is gone when its summary is read. */
    seen?: readonly string[];
  }
}

interface Failure {
  name: string;
  /** The lines that say why. */
  why: string[];
}

interface Summary {
  passed: number;
  failures: Failure[];
  skipped: { name: string; reason: string }[];
}

/**
 * Ends the run with one line that a script can read, `N passed, N failed`, and says before it of every skipped test why it was skipped,
 * and of every failed one why it failed: `failed: FILE > TEST` and lines that begin with `  | `.
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
    const root = this.#vitest?.config.root ?? process.cwd();
    const summary = summarize(modules, unhandledErrors, reason, this.#vitest?.getGlobalTestNamePattern(), root);
    if (summary.failures.length > 0) process.exitCode = 1;
    const text = render(summary);
    if (this.#vitest?.config.watch) console.log(text);
    // Vitest writes its own closing words after this hook; the line must come after them.
    else process.once('exit', () => process.stdout.write(text));
  }
}

function summarize(
  modules: readonly TestModule[],
  unhandledErrors: readonly SerializedError[],
  reason: TestRunEndReason,
  asked: RegExp | undefined,
  root: string,
): Summary {
  const summary: Summary = { passed: 0, failures: [], skipped: [] };
  const cutOff: Failure[] = [];
  const fail = (name: string, error: SerializedError, seen: readonly string[] = []) =>
    summary.failures.push({ name, why: [...reasonOf(error, root), ...seen.map((line) => `  | ${line}`)] });
  for (const module of modules) {
    const file = module.relativeModuleId;
    for (const error of module.errors()) fail(file, error);
    for (const suite of module.children.allSuites())
      for (const error of suite.errors()) fail(`${file} > ${suite.fullName}`, error);
    for (const test of module.children.allTests()) {
      const name = `${file} > ${test.fullName}`;
      const result = test.result();
      if (result.state === 'passed') summary.passed += 1;
      // Whoever asked for others by -t knows why.
      else if (result.state === 'skipped' && asked && !asked.test(test.fullName)) continue;
      else if (result.state === 'skipped')
        summary.skipped.push({
          name,
          reason: result.note ?? (brokenParent(test.parent) ? 'its set-up failed' : "none given; use skip('reason')"),
        });
      // What else went wrong in the same test mostly follows from the first.
      else if (result.state === 'failed')
        fail(name, result.errors[0] ?? { message: 'no error is known' }, test.meta().seen);
      else cutOff.push({ name, why: ['  | the run ended before it did'] });
    }
  }
  for (const error of unhandledErrors) fail(whileRunning(error, root), error);
  const nothingRan = summary.passed === 0 && summary.skipped.length === 0;
  // First, so that what cut them off stands nearer to the end.
  summary.failures.unshift(...cutOff);
  if (summary.failures.length === 0 && (nothingRan || reason !== 'passed'))
    summary.failures.push({ name: 'the run', why: [`  | ${nothingRan ? 'no test ran' : `it is ${reason}`}`] });
  return summary;
}

function brokenParent(parent: TestModule | TestSuite): boolean {
  return parent.errors().length > 0 || (parent.type === 'suite' && brokenParent(parent.parent));
}

/** Where an error that no test waited for was seen. */
function whileRunning(error: SerializedError, root: string): string {
  const { VITEST_TEST_PATH: path, VITEST_TEST_NAME: test } = error;
  return ['unhandled error', path && `in ${withoutRoot(String(path), root)}`, test && `> ${test}`]
    .filter(Boolean)
    .join(' ');
}

/** What the error says, what caused it, how what was found differs, and the first line of its stack that is code of ours. */
function reasonOf(error: SerializedError, root: string): string[] {
  const said = [
    error.name ? `${error.name}: ${error.message}` : error.message,
    error.cause && `caused by: ${error.cause.message}`,
    typeof error['diff'] === 'string' && error['diff'],
  ].filter((text) => typeof text === 'string');
  const text = stripVTControlCharacters(said.join('\n'));
  const ours = error.stack
    ?.split('\n')
    .find((line) => /^ +at /.test(line) && line.includes(root) && !line.includes('/node_modules/'));
  const lines = (text.length > maxReasonLength ? `${text.slice(0, maxReasonLength)}...` : text).split('\n');
  return [...lines, ...(ours ? [withoutRoot(ours.trim(), root)] : [])]
    .filter((line) => line.trim() !== '')
    .map((line) => `  | ${line}`);
}

function withoutRoot(text: string, root: string): string {
  return text.replace(`file://${root}/`, '').replace(`${root}/`, '');
}

function render({ passed, failures, skipped }: Summary): string {
  const counts = [`${passed} passed`, `${failures.length} failed`];
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`);
  const lines = [
    ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason}`),
    ...failures.flatMap(({ name, why }) => [`failed: ${name}`, ...why]),
    counts.join(', '),
  ];
  return `${lines.join('\n')}\n`;
}
