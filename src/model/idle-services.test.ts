import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService } from '../../test/declarations.ts';
import { defineContract } from './contract.ts';
import { nginx } from './gateway.ts';
import { mayBeIdle, sleepersBehindGateway, wakersOf } from './idle-services.ts';
import { fixed, steps } from './scaling.ts';
import { callTo, defineService, type Service } from './service.ts';
import { defineSystem } from './system.ts';

const idle = steps({ idle: { after: '10m' } });
const of = { owner: 'team', description: 'For a test.' } as const;
const { routes } = contractNamed('any');
const deep = defineService({
  ...of,
  contract: defineContract({ name: 'deep', port: 3001, coldStart: '20s', routes: {} }),
  scaling: idle,
});
const shop = defineService({
  ...of,
  contract: defineContract({ name: 'shop', port: 3000, coldStart: '10s', routes }),
  calls: [callTo(deep.contract, { waits: true })],
  lifecycle: { request: '30s', drain: '30s' },
  scaling: fixed(1),
});
const office = defineService({
  ...of,
  contract: contractNamed('office', 3002),
  calls: [callTo(shop.contract, { waits: true })],
  scaling: fixed(1),
});
const other = minimalService(contractNamed('other', 3003));
const system = defineSystem({
  name: 'mall',
  services: [shop, deep, office, other] as [Service, Service, Service, Service],
  entrances: [{ host: 'mall', services: [shop] as [Service] }],
});
const gateways = { mall: nginx() };
const overrides = { mall: { shop: { scaling: idle } } };

test('whether a service may be idle, its declaration says or the environment', () => {
  expect(mayBeIdle(environmentWith(), system, deep)).toBe(true);
  expect(mayBeIdle(environmentWith(), system, shop)).toBe(false);
  expect(mayBeIdle(environmentWith({ overrides }), system, shop)).toBe(true);
});

test('it is woken by those who call it and by the gateway, as far as they always have pods', () => {
  expect(wakersOf(environmentWith(), system, shop)).toEqual(['office']);
  expect(wakersOf(environmentWith({ gateways }), system, shop)).toEqual(['office', 'gateway']);
  expect(wakersOf(environmentWith({ gateways }), system, deep)).toEqual(['shop']);
  expect(wakersOf(environmentWith({ gateways, overrides }), system, deep)).toEqual([]);
});

test('a gateway waits for what it leads to', () => {
  expect(sleepersBehindGateway(environmentWith(), system)).toEqual([]);
  expect(sleepersBehindGateway(environmentWith({ overrides }), system)).toEqual([
    { name: 'shop', readyUrl: 'http://shop:3000/readyz', coldStart: '10s' },
  ]);
});
