import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { contractNamed, environmentWith, exposures, minimalService, systemOf } from '../../test/declarations.ts';
import { mall, mallEnvironment } from '../../test/gateway/shop.ts';
import { environments, systems } from '../systems/index.ts';
import { reachablePage } from './reachable-page.ts';
import { root } from './repository.ts';

test('the committed page is what the systems declare: after a change run `npm run reference`', async () => {
  const page = reachablePage(Object.values(environments), systems);
  expect(await readFile(`${root}docs/reference/reachable.md`, 'utf8')).toBe(page);
});

test('a gateway: each way in, the routes of each host with their limits, and nothing that is not exposed', () => {
  const page = reachablePage([mallEnvironment()], [mall]);
  const [, shop = '', office = ''] = page.split('- Ingress: ');
  expect(shop.split('\n')).toEqual(
    expect.arrayContaining([
      '`http://shop.test`; another method: 405',
      '- NodePort: `30001` of each node that has a pod of the gateway, by any host; another method: 405',
      '- LoadBalancer, port 80: `shop.test` and any other host; another method: 405',
      '- HTTPRoute on the Gateway `edge/public`: host `shop.test`; another method: 405',
      '| GET, HEAD | `/items/:id` | shop |  |  |  |',
      '| POST | `/files` | shop |  | 64Ki |  |',
      '| POST | `/log-in` | shop |  | 4Ki | 1 times a second and 2 at once besides |',
    ]),
  );
  expect(office).toContain('- LoadBalancer, port 80: `office.test`; another method: 405\n');
  expect(office).toContain('| GET, HEAD | `/papers` | office |  |  |  |');
  expect(page).not.toContain('/items/secret');
  expect(reachablePage([mallEnvironment({ routeRates: false })], [mall])).not.toContain('1 times a second');
});

test('a NodePort without a gateway: all that its service answers', () => {
  const system = systemOf(minimalService(contractNamed('minimal')));
  const page = reachablePage([environmentWith({ exposure: [exposures.nodePort] })], [system]);
  expect(page).toContain('| GET, HEAD | `/items` | minimal |  |  |  |');
  expect(page).toContain('| GET, HEAD (NodePort alone) | `/healthz` | minimal |  |  |  |');
  expect(page).not.toContain('/metrics');
  expect(reachablePage([environmentWith()], [system])).not.toContain('/healthz');
});

test('straight to the services, an HTTPRoute alone has no answer of its own for another method', () => {
  const system = systemOf(minimalService(contractNamed('minimal')));
  const page = reachablePage([environmentWith({ exposure: [exposures.ingress, exposures.gateway] })], [system]);
  expect(page).toContain('- Ingress: `http://shop.test`; another method: 405\n');
  expect(page).toContain('- HTTPRoute on the Gateway `edge/public`: host `shop.test`; another method: 404\n');
});

test('a system without an entrance: nothing', () => {
  const system = { ...systemOf(minimalService()), entrances: [] };
  expect(reachablePage([environmentWith()], [system])).toContain('### shop in `test`\n\nNothing.');
});
