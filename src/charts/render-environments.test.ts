import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { alertmanagerSecret, custom } from '../model/index.ts';
import { addonValues } from './addons/addon-values.ts';
import { defineExtension } from './extension.ts';
import { place } from './placement.ts';
import { renderPlatform } from './platform.ts';
import { renderEnvironments } from './render-environments.ts';

const receivers = { team: { slack: { url: { secret: 'alerting', key: 'url' }, channel: '#team' } } };
const environments = ['one', 'two'].map((name) => environmentWith({ name }));
const systems = [systemOf(minimalService(contractNamed('orders')))];

test('each environment is rendered as it would be alone', () => {
  expect(renderEnvironments(environments, { systems })).toEqual(
    environments.map((environment) => ({
      environment,
      charts: renderPlatform({ environment, systems }),
      values: addonValues(environment, place(environment, systems)),
    })),
  );
});

test('what is wrong in any of them is told at once, and what is wrong in all of them once', () => {
  const overrides = { shop: { stock: { env: {} } } };
  const wrong = ['one', 'two', 'three'].map((name) => environmentWith({ name, ...(name !== 'two' && { overrides }) }));
  const paths = (given: Parameters<typeof renderEnvironments>[1]) =>
    problemsOf(() => renderEnvironments(wrong, given)).map((problem) => problem.replace(/: got .*/, ''));
  expect(paths({ systems })).toEqual(['one.overrides.shop.stock', 'three.overrides.shop.stock']);

  const extensions = { nobody: defineExtension(() => undefined) };
  expect(paths({ systems, extensions })).toEqual(['src/charts/extensions/nobody.ts']);
});

test('what Helm releases and Alertmanager are told comes along, and no environment has the name of its folder', () => {
  const overrides = { shop: { orders: { scaling: custom({ min: 2, max: 4, perPod: 10 }) } } };
  const stack = 'kube-prometheus-stack';
  const rendered = renderEnvironments([...environments, environmentWith({ overrides })], { systems });
  expect(rendered.map(({ values }) => values.map(({ chart }) => chart))).toEqual([
    [stack],
    [stack],
    [stack, 'prometheus-adapter'],
  ]);
  const alerting = alertmanagerSecret({ receivers });
  const [whole] = renderEnvironments([environmentWith({ alerting })], { systems });
  expect(whole?.alertmanager).toMatchObject({ route: { receiver: 'team' } });
  const [config] = renderEnvironments([environmentWith({ alerting: { ...alerting, kind: 'alertmanagerConfig' } })], {
    systems,
  });
  expect(config).not.toHaveProperty('alertmanager');

  const reserved = ['helm-values', 'alertmanager'];
  expect(
    problemsOf(() =>
      renderEnvironments(
        reserved.map((name) => environmentWith({ name })),
        { systems },
      ),
    ),
  ).toEqual(
    reserved.map(
      (name) =>
        `${name}.name: got "${name}"; allowed: a name other than helm-values and alertmanager, which are the folders of what is not for kubectl; fix: choose another`,
    ),
  );
});

test('a fault of the program is no mistake in a declaration', () => {
  const broken = {
    orders: defineExtension(() => {
      throw new TypeError('broken');
    }),
  };
  expect(() => renderEnvironments(environments, { systems, extensions: broken })).toThrow(TypeError);
});
