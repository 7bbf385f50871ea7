import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { gatewayRules } from './gateway-rules.ts';

const rules = gatewayRules({ namespace: 'shop', deployment: 'gateway' });

test.each(rules)('the runbook of $alert is there', ({ annotations }) => {
  expect(existsSync(new URL(`../../../${annotations['runbook_url']}`, import.meta.url))).toBe(true);
});

test('the alert fires when it should, and not a minute before', { timeout: 120_000 }, async ({ skip }) => {
  const [command = 'promtool', ...args] = (process.env['PROMTOOL'] ?? 'promtool').split(' ');
  const { failed } = await execa(command, [...args, '--version'], { reject: false });
  if (failed) skip('there is no promtool on PATH or in PROMTOOL');
  // What it reads is YAML, and JSON is.
  const folder = await mkdtemp(join(tmpdir(), 'rules-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'shop.gateway', rules }] }));
  const of = (metric: string, values: string, namespace = 'shop') => ({
    series: `${metric}{namespace="${namespace}",deployment="gateway"}`,
    values,
  });
  const wanted = of('kube_deployment_spec_replicas', '2x30');
  const available = (values: string) => of('kube_deployment_status_replicas_available', values);
  const cases: { input_series: object[]; quiet: number; fires?: number }[] = [
    { input_series: [wanted, available('2x30')], quiet: 30 },
    // A rollout has one more for a moment.
    { input_series: [wanted, available('3x30')], quiet: 30 },
    { input_series: [wanted, available('2x5 1x3 2x20')], quiet: 25 },
    { input_series: [wanted, available('1x30')], quiet: 4, fires: 5 },
    { input_series: [wanted, available('0x30')], quiet: 4, fires: 5 },
    { input_series: [of('kube_deployment_spec_replicas', '2x30', 'elsewhere')], quiet: 4, fires: 5 },
  ];
  const expr = 'count(ALERTS{alertname="GatewayDegraded",alertstate="firing"})';
  await writeFile(
    join(folder, 'tests.yaml'),
    JSON.stringify({
      rule_files: ['rules.yaml'],
      evaluation_interval: '1m',
      tests: cases.map(({ input_series, quiet, fires }) => ({
        interval: '1m',
        input_series,
        promql_expr_test: [
          { expr, eval_time: `${quiet}m`, exp_samples: [] },
          ...(fires === undefined ? [] : [{ expr, eval_time: `${fires}m`, exp_samples: [{ labels: '{}', value: 1 }] }]),
        ],
      })),
    }),
  );
  const { exitCode, stdout, stderr } = await execa(command, [...args, 'test', 'rules', 'tests.yaml'], {
    cwd: folder,
    reject: false,
  });
  expect({ exitCode }, stdout + stderr).toEqual({ exitCode: 0 });
});
