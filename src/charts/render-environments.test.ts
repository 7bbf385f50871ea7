import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { defineExtension } from './extension.ts';
import { renderPlatform } from './platform.ts';
import { renderEnvironments } from './render-environments.ts';

const environments = ['one', 'two'].map((name) => environmentWith({ name }));
const systems = [systemOf(minimalService(contractNamed('orders')))];

test('each environment is rendered as it would be alone', () => {
  expect(renderEnvironments(environments, { systems })).toEqual(
    environments.map((environment) => ({ environment, charts: renderPlatform({ environment, systems }) })),
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

test('a fault of the program is no mistake in a declaration', () => {
  const broken = {
    orders: defineExtension(() => {
      throw new TypeError('broken');
    }),
  };
  expect(() => renderEnvironments(environments, { systems, extensions: broken })).toThrow(TypeError);
});
