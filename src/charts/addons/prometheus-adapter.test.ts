import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';
import { custom, defineSystem, type Environment, steps } from '../../model/index.ts';
import { place } from '../placement.ts';
import { prometheusAdapter } from './prometheus-adapter.ts';

const cart = minimalService(contractNamed('cart'));
const systems = ['shop', 'mall'].map((name) =>
  defineSystem({ name, services: [cart, minimalService(contractNamed('stock', 3001))] }),
);
const scaling = custom({ min: 2, max: 9, perPod: 20 });
const rendered = (environment: Environment) => prometheusAdapter(environment, place(environment, systems));

test('nothing is told where nothing scales so', () => {
  expect(rendered(environmentWith())).toBeUndefined();
  expect(rendered(environmentWith({ overrides: { shop: { cart: { scaling: steps() } } } }))).toBeUndefined();
});

test('each service that scales so has a rule, by the name that its HPA asks for', () => {
  const longer = custom({ min: 2, max: 9, perPod: 20, window: '2m' });
  const environment = environmentWith({
    overrides: { shop: { cart: { scaling } }, mall: { cart: { scaling: longer } } },
  });
  expect(rendered(environment)).toMatchObject({
    chart: 'prometheus-adapter',
    values: {
      prometheus: { url: 'http://kps-kube-prometheus-stack-prometheus.monitoring.svc', port: 9090, path: '' },
      rules: {
        default: false,
        custom: [
          { name: { as: 'shop.cart.http_requests_per_second' }, metricsQuery: expect.stringContaining('[30s]') },
          { name: { as: 'mall.cart.http_requests_per_second' }, metricsQuery: expect.stringContaining('[2m]') },
        ],
      },
    },
  });
  for (const { name } of systems) {
    const objects = objectsOf({ environment, systems }).filter(({ metadata }) => metadata.namespace === name);
    const [{ pods }] = objectNamed(objects, 'HorizontalPodAutoscaler', 'cart').spec.metrics;
    expect(pods.metric.name).toBe(`${name}.cart.http_requests_per_second`);
  }
});

test.each([
  ['http://thanos.metrics', { url: 'http://thanos.metrics', port: 80, path: '' }],
  ['https://thanos.metrics/team/', { url: 'https://thanos.metrics', port: 443, path: '/team' }],
])('Prometheus at %s is that of the environment, in the parts that the chart puts together', (url, prometheus) => {
  const { monitoring } = environmentWith();
  const environment = environmentWith({
    monitoring: { ...monitoring, url },
    overrides: { shop: { cart: { scaling } } },
  });
  expect(rendered(environment)?.values).toMatchObject({ prometheus });
});
