import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runbookFile, runbooksFolder } from '../src/charts/observability/alerts/rule-of.ts';
import { environments, systems } from '../src/systems/index.ts';
import { proofs } from './alert-proofs/index.ts';
import { firingTests, type RenderedRule, renderedRules } from './alert-proofs/rendered-rules.ts';
import { runPromtool } from './promtool.ts';

/*
 * Every alert of every environment is tried out before it is shipped: by series for which it must fire, once they have been so for long enough and not a minute before,
 * and by series for which it must not. Expressions and thresholds are the rendered ones.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const rules = Object.values(environments).flatMap((environment) => renderedRules(environment, systems));
/** Most are the same in every environment. */
const distinct = [...new Map(rules.map((rule) => [rule.id, rule])).values()];
const runbooks = await readdir(`${root}${runbooksFolder}`);

test('there are alerts in every environment', () => {
  for (const name of Object.keys(environments))
    expect(rules.filter(({ proved }) => proved.environment.name === name).length).toBeGreaterThan(0);
});

describe('each alert has', () => {
  const names = [...new Set(rules.map(({ proved }) => proved.alert))];

  test.each(names)('%s: a proof and a runbook', (name) => {
    expect(Object.keys(proofs)).toContain(name);
    expect(runbooks).toContain(runbookFile(name));
  });

  test('and what is proved or explained is an alert of some environment', () => {
    expect(Object.keys(proofs).filter((name) => !names.includes(name))).toEqual([]);
    expect(runbooks.filter((file) => !names.some((name) => runbookFile(name) === file))).toEqual([]);
  });

  test('somebody to tell, what to tell and where to look', () => {
    for (const { rule } of rules) {
      expect(rule).toMatchObject({
        for: expect.stringMatching(/^\d+[smhd]$/),
        labels: {
          severity: expect.stringMatching(/^(critical|warning|none)$/),
          concern: expect.any(String),
          system: expect.any(String),
          namespace: expect.any(String),
        },
        annotations: {
          summary: expect.stringMatching(/[\w}]$/),
          description: expect.stringMatching(/\.$/),
          dashboard_url: expect.stringMatching(/^https?:.*\/d\/[\w-]+\?viewPanel=\d+$/),
        },
      });
      const url = rule.annotations['runbook_url'] ?? '';
      expect(url.startsWith('http') || existsSync(root + url), url).toBe(true);
    }
  });
});

test('promtool finds nothing wrong with any rule', { timeout: 120_000 }, async (context) => {
  const groups = Object.values(environments).flatMap(({ name }) =>
    rules
      .filter(({ proved }) => proved.environment.name === name)
      .map(({ rule, proved, records }, index) => ({
        name: `${name}.${proved.alert}.${index}`,
        rules: [...records, rule],
      })),
  );
  const { exitCode, says } = await runPromtool(context, ['check', 'rules', '--lint=none', 'rules.yaml'], {
    'rules.yaml': { groups },
  });
  expect({ exitCode }, says).toEqual({ exitCode: 0 });
});

/** What promtool says of these rules and their proofs; one file each, so that none evaluates another's rule. */
async function prove(context: Parameters<typeof runPromtool>[0], given: readonly RenderedRule[]) {
  const files = given.map((each, index) => ({ index, ...firingTests(each, `${index}-rules.yaml`) }));
  const { exitCode, says } = await runPromtool(
    context,
    ['test', 'rules', ...files.map(({ index }) => `${index}-tests.yaml`)],
    Object.fromEntries(
      files.flatMap(({ index, rules: file, tests }) => [
        [`${index}-rules.yaml`, file],
        [`${index}-tests.yaml`, tests],
      ]),
    ),
  );
  // Of hundreds of files those that are well are of no interest.
  return { exitCode, says: says.replaceAll(/^ *SUCCESS\n/gm, '') };
}

test('each alert fires when it should, not a minute before, and for nothing else', {
  timeout: 300_000,
}, async (context) => {
  const { exitCode, says } = await prove(context, distinct);
  expect({ exitCode }, says).toEqual({ exitCode: 0 });
});

describe('a proof fails', () => {
  test.for([
    ['a window that is too short', 'PodCrashLooping', '[10m]', '[1m]'],
    ['a threshold that is too high', 'PodCrashLooping', '>= 3', '>= 30'],
    ['a threshold that is too low', 'PodCrashLooping', '>= 3', '>= 1'],
    ['a threshold that is too high', 'HighCPUUsage', '> 80', '> 800'],
    ['a threshold that is too low', 'HighMemoryUsage', '> 90', '> 85'],
    ['a window that is too short', 'HighTraffic', '[5m]', '[1m]'],
    ['a guard that is away', 'EdgeFailing', '>= 5', '>= 0'],
    ['a label that its texts name', 'PodPending', 'max by (pod) ', 'max '],
    ['pods that are up', 'ServiceDown', '== 1', '== 0'],
    ['a budget that burns too fast', 'AvailabilityBudgetBurning', '0.0144', '0.144'],
    ['a short window that is a long one', 'AvailabilityBudgetBurning', 'ratio_rate30m', 'ratio_rate6h'],
    ['the number of requests, if one is enough', 'AvailabilityBudgetBurning', '>= 10', '>= 1'],
    ['what is not most', 'FewRequestsMostFail', '> 0.5', '> 0.1'],
    ['what is no pod of it', 'PodCrashLooping', '-[a-z0-9]+-[a-z0-9]{5}', '-.*'],
  ] as const)('by %s of %s', { timeout: 60_000 }, async ([, name, from, to], context) => {
    const right = distinct.find(({ proved }) => proved.alert === name);
    if (!right) throw new Error(`no rule is called ${name}`);
    const broken = { ...right, rule: { ...right.rule, expr: right.rule.expr.replaceAll(from, to) } };
    expect(broken.rule.expr).not.toBe(right.rule.expr);
    const { exitCode, says } = await prove(context, [broken]);
    expect(says).toMatch(/FAILED/);
    expect(exitCode).toBe(1);
  });
});
