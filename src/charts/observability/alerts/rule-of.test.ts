import { expect, test } from 'vitest';
import { environmentWith } from '../../../../test/declarations.ts';
import { panelId } from '../dashboards/panel.ts';
import { constant } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import { ruleOf, runbookFile } from './rule-of.ts';

const smallest: Alert = {
  name: 'HighCPUUsage',
  severity: 'warning',
  concern: 'pods',
  seen: { panel: 'cpu', above: [80] },
  when: constant(1),
  for: '15m',
  summary: 'S',
  description: 'D',
};

test('minimal props: an alert about the system as a whole', () => {
  expect(ruleOf(smallest, { system: 'shop', environment: environmentWith() })).toEqual({
    alert: 'HighCPUUsage',
    expr: 'vector(1)',
    for: '15m',
    labels: { severity: 'warning', concern: 'pods', system: 'shop', namespace: 'shop' },
    annotations: {
      summary: 'S',
      description: 'D',
      runbook_url: 'docs/runbooks/high-cpu-usage.md',
      dashboard_url: `http://kps-grafana.monitoring.svc/d/shop-system?viewPanel=${panelId('cpu')}`,
    },
  });
});

test('all props: its service, owner and labels, and where people read', () => {
  const { monitoring } = environmentWith();
  const environment = environmentWith({
    monitoring: {
      ...monitoring,
      grafana: 'https://grafana.example.com/',
      runbooks: 'https://docs.example.com/runbooks/',
    },
  });
  const alert = { ...smallest, service: 'cart', owner: 'team', labels: { store: 'database', system: 'other' } };
  expect(ruleOf(alert, { system: 'shop', environment })).toMatchObject({
    // What every alert carries no label of one takes.
    labels: { store: 'database', system: 'shop', namespace: 'shop', service: 'cart', owner: 'team' },
    annotations: {
      runbook_url: 'https://docs.example.com/runbooks/high-cpu-usage.md',
      dashboard_url: `https://grafana.example.com/d/shop-cart?viewPanel=${panelId('cpu')}`,
    },
  });
});

test.each([
  ['Watchdog', 'watchdog.md'],
  ['PodCrashLooping', 'pod-crash-looping.md'],
  ['FailedLogInsSurge', 'failed-log-ins-surge.md'],
  ['KubeStateMetricsMissing', 'kube-state-metrics-missing.md'],
])('the runbook of %s is %s', (name, file) => expect(runbookFile(name)).toBe(file));
