import { expect, test } from 'vitest';
import { contractNamed, environmentWith, exposures, minimalService, systemOf } from '../../test/declarations.ts';
import { mall } from '../../test/gateway/shop.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { alertmanagerConfig, defineSystem, nginx } from '../model/index.ts';
import { renderPlatform } from './platform.ts';

const shop = systemOf(minimalService());
const one = minimalService(contractNamed('one', 3001));
const two = minimalService(contractNamed('two', 3002));
const pair = defineSystem({
  name: 'pair',
  services: [one, two],
  entrances: [{ host: 'pair', services: [one], nodePort: 30_200 }],
});
// As `defineSystem` refuses one path twice, the second service is put beside the first with none that is its own.
const crowded = { ...pair, entrances: [{ host: 'pair', services: [one, two], nodePort: 30_200 }] };
const named = systemOf(minimalService(contractNamed('gateway')));
const dashed = systemOf(minimalService(contractNamed('stores')));
const alertingOf = (owners: Readonly<Record<string, object>>) => {
  const url = { secret: 'alerting', key: 'url' };
  return alertmanagerConfig({ receivers: { people: { slack: { url, channel: '#alerts' } } }, owners });
};

test.each<[what: string, props: Parameters<typeof renderPlatform>[0], problems: string[]]>([
  [
    'a gateway for a system that is none',
    { environment: environmentWith({ gateways: { shopp: nginx() } }), systems: [shop] },
    ['test.gateways.shopp: got "shopp"; allowed: shop; fix: correct the name, or delete it'],
  ],
  [
    'a gateway that leads nowhere',
    { environment: environmentWith({ gateways: { shop: nginx() } }), systems: [{ ...shop, entrances: [] }] },
    ['test.gateways.shop: got "shop"; allowed: a system with an entrance; fix: add one, or delete it here'],
  ],
  [
    'a service with the name of the gateway',
    { environment: environmentWith({ gateways: { shop: nginx() } }), systems: [named] },
    [
      'shop.services[0]: got "gateway"; allowed: a name other than gateway, which the gateway of test.gateways.shop has; fix: rename the service',
    ],
  ],
  [
    'a service with the name of a dashboard',
    { environment: environmentWith(), systems: [dashed] },
    [
      'shop.services[0]: got "stores"; allowed: a name that no dashboard of a system has: not system, stores, scaling; fix: rename the service',
    ],
  ],
  [
    'a gateway whose disk a few bodies fill',
    {
      environment: environmentWith({
        exposure: Object.values(exposures),
        gateways: { mall: nginx({ resources: { ephemeralStorage: '1023Ki' } }) },
      }),
      systems: [mall],
    },
    [
      'test.gateways.mall.resources.ephemeralStorage: got "1023Ki"; allowed: at least 1Mi: bodies of up to 128Ki stand on half of it, and 4 must fit; fix: raise it, or lower bodyLimit of the services behind it',
    ],
  ],
  [
    'a load balancer without a gateway',
    { environment: environmentWith({ exposure: [exposures.loadBalancer] }), systems: [shop] },
    [
      'test.exposure[0]: got "loadBalancer"; allowed: a gateway for shop: a load balancer knows neither hosts nor paths, and would lead to one service alone; fix: add gateways: { shop: nginx() } to test, or expose it by ingress(...)',
    ],
  ],
  [
    'a receiver for a team that owns nothing',
    { environment: environmentWith({ alerting: alertingOf({ team: {}, taem: {} }) }), systems: [shop] },
    [
      'test.alerting.owners.taem: got "taem"; allowed: the owner of a service: team; fix: correct the name, or delete it',
    ],
  ],
  [
    'a NodePort of several services without a gateway',
    { environment: environmentWith({ exposure: [exposures.nodePort] }), systems: [crowded] },
    [
      'pair.entrances[0].nodePort: got 30200; allowed: one service behind a NodePort, which knows no paths, or a gateway for pair; fix: add gateways: { pair: nginx() } to test, or delete nodePort, or give each service an entrance of its own',
    ],
  ],
])('%s is refused', (_, props, problems) => {
  expect(problemsOf(() => renderPlatform(props))).toEqual(problems);
});

test.each([
  ['a NodePort of several services with a gateway', [exposures.nodePort], crowded, { pair: nginx() }],
  ['a load balancer with a gateway', [exposures.loadBalancer], pair, { pair: nginx() }],
  ['a NodePort of several services where none is opened', [exposures.ingress], { ...pair, entrances: [] }, {}],
  ['a service called gateway where there is none', [exposures.ingress], named, {}],
  ['a load balancer where nothing is entered', [exposures.loadBalancer], { ...shop, entrances: [] }, {}],
])('%s is allowed', (_, exposure, system, gateways) => {
  const environment = environmentWith({ exposure, gateways });
  expect(problemsOf(() => renderPlatform({ environment, systems: [system] }))).toEqual([]);
});
