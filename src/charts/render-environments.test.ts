import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { custom } from '../model/index.ts';
import { defineExtension } from './extension.ts';
import { renderPlatform } from './platform.ts';
import { renderEnvironments } from './render-environments.ts';

const environments = ['one', 'two'].map((name) => environmentWith({ name }));
const systems = [systemOf(minimalService(contractNamed('orders')))];

test('each environment is rendered as it would be alone', () => {
  expect(renderEnvironments(environments, { systems })).toEqual(
    environments.map((environment) => ({ environment, charts: renderPlatform({ environment, systems }), values: [] })),
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

test('what Helm releases are told comes along, and no environment has the name of its folder', () => {
  const overrides = { shop: { orders: { scaling: custom({ min: 2, max: 4, perPod: 10 }) } } };
  const rendered = renderEnvironments([...environments, environmentWith({ overrides })], { systems });
  expect(rendered.map(({ values }) => values.map(({ chart }) => chart))).toEqual([[], [], ['prometheus-adapter']]);

  expect(problemsOf(() => renderEnvironments([environmentWith({ name: 'helm-values' })], { systems }))).toEqual([
    'helm-values.name: got "helm-values"; allowed: a name other than helm-values, which is the folder of what Helm releases are told; fix: choose another',
  ]);
});

test('a fault of the program is no mistake in a declaration', () => {
  const broken = {
    orders: defineExtension(() => {
      throw new TypeError('broken');
    }),
  };
  expect(() => renderEnvironments(environments, { systems, extensions: broken })).toThrow(TypeError);
});
