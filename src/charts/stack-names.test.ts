import { expect, test } from 'vitest';
import { environmentWith } from '../../test/declarations.ts';
import { stackNames } from './stack-names.ts';

// As `helm template RELEASE prometheus-community/kube-prometheus-stack` writes them.
test.each([
  ['monitoring', 'monitoring-kube-prometheus'],
  ['kps', 'kps-kube-prometheus-stack'],
  ['prometheus', 'prometheus-kube-prometheus'],
  ['observability', 'observability-kube-prometh'],
  ['watch-over-all-the-people', 'watch-over-all-the-people'],
  ['kube-prometheus-stack', 'kube-prometheus-stack'],
  ['my-kube-prometheus-stack', 'my-kube-prometheus-stack'],
])('of a release called %s they begin with %s', (release, first) => {
  const { monitoring } = environmentWith();
  expect(stackNames({ monitoring: { ...monitoring, release } })).toEqual({
    namespace: 'monitoring',
    prometheus: `${first}-prometheus`,
    alertmanagerSecret: `alertmanager-${first}-alertmanager`,
  });
});
