import { expect, test } from 'vitest';
import { contractNamed, environmentWith, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { nginx } from '../../model/index.ts';

function rulesOf(props: Parameters<typeof environmentWith>[0], ...services: Parameters<typeof systemOf>) {
  const objects = objectsOf({ environment: environmentWith(props), systems: [systemOf(...services)] });
  const { groups } = objectNamed(objects, 'PrometheusRule', 'system').spec;
  return groups.flatMap(({ rules }: Manifest) => rules) as Manifest[];
}
const namesOf = (rules: readonly Manifest[]) => rules.map(({ alert, labels }) => `${alert} ${labels.service ?? ''}`);

test('minimal props: that its alerts are evaluated, and by what', () => {
  expect(namesOf(rulesOf({}, minimalService(contractNamed('cart'))))).toEqual([
    'Watchdog ',
    'KubeStateMetricsMissing ',
  ]);
});

test('all props: also its gateway, its stores and their volumes', () => {
  const { service, callee } = fullService();
  const rules = rulesOf({ gateways: { shop: nginx() } }, service, callee);
  expect(namesOf(rules)).toEqual(
    expect.arrayContaining([
      ...['PodCrashLooping gateway', 'PodNotReady gateway', 'PodPending gateway'],
      ...['postgres', 'redis', 'objects'].flatMap((store) => [
        ...[`StoreDown ${store}`, `PodCrashLooping ${store}`, `PodNotReady ${store}`, `PodPending ${store}`],
      ]),
      ...['VolumeFilling ', 'VolumeAlmostFull '],
    ]),
  );
});

test('an environment says when somebody is told of the pods of gateways and stores, and not of those of services', () => {
  const { service, callee } = fullService();
  const props = { gateways: { shop: nginx() }, alerts: { podNotReady: '3m', podPending: 'off' } } as const;
  const rules = rulesOf(props, service, callee);
  const lasting = rules.filter(({ alert }) => alert === 'PodNotReady').map((rule) => rule['for']);
  expect(new Set(lasting)).toEqual(new Set(['3m']));
  expect(namesOf(rules).filter((name) => name.startsWith('PodPending'))).toEqual([]);
  const objects = objectsOf({ environment: environmentWith(props), systems: [systemOf(service, callee)] });
  const ofService: Manifest[] = objectNamed(objects, 'PrometheusRule', 'full').spec.groups[0].rules;
  expect(ofService.find(({ alert }) => alert === 'PodNotReady')?.['for']).toBe('10m');
  expect(ofService.map(({ alert }) => alert)).toContain('PodPending');
});
