import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { breachesOf } from './architecture.ts';
import type { Files } from './import-graph.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function repository(): Promise<Files> {
  const files: Record<string, string> = {};
  for await (const file of glob(['{src,test,e2e,bench}/**/*.{ts,tsx}', '*.ts'], { cwd: root })) {
    files[file] = await readFile(`${root}${file}`, 'utf8');
  }
  return files;
}

test('every import of this repository follows the arrows', async () => {
  const files = await repository();
  // Guards the guard: a wrong folder would find no file, hence no breach.
  expect(Object.keys(files)).toContain('src/model/service.ts');
  expect(breachesOf(files, JSON.parse(await readFile(`${root}package.json`, 'utf8')))).toEqual([]);
});

const dependencies = ['fastify', 'zod', 'fastest-levenshtein', 'undici', 'axios', 'got', 'prom-client', 'pino'];
const manifest = { dependencies: Object.fromEntries(dependencies.map((name) => [name, '1.0.0'])) };
/** A template literal with a computed part between these two. */
const template = (before: string, after: string) => ['`', before, '$', '{name}', after, '`'].join('');
const pathsOf = (files: Files) => breachesOf(files, manifest).map((breach) => breach.split(';')[0]);

describe('a breach is found', () => {
  test.each<[rule: string, file: string, text: string, breach: string]>([
    ['model imports no app', 'src/model/a.ts', "import '../apps/kit/b.ts'", 'imports src/apps/kit/b.ts'],
    ['model imports no package but its two', 'src/model/a.ts', "import 'fastify'", 'imports fastify'],
    ['model imports nothing of Node', 'src/model/a.ts', "import 'node:fs'", 'imports node:fs'],
    ['model imports no cdk8s, tests included', 'src/model/a.test.ts', "import 'cdk8s'", 'imports cdk8s'],
    ['kit imports no app', 'src/apps/kit/a.ts', "import '../bird/contract.ts'", 'imports src/apps/bird/contract.ts'],
    ['kit imports no system', 'src/apps/kit/a.ts', "import '../../systems/a.ts'", 'imports src/systems/a.ts'],
    ['kit runs without devDependencies', 'src/apps/kit/a.ts', "import 'vitest/config'", 'imports vitest/config'],
    [
      'what runs imports no helper of tests',
      'src/apps/bird/a.ts',
      "import '../kit/testing/a.ts'",
      'imports src/apps/kit/testing/a.ts',
    ],
    [
      'what runs imports no helper of its own tests',
      'src/apps/bird/a.ts',
      "import './testing/b.ts'",
      'imports src/apps/bird/testing/b.ts',
    ],
    [
      'a helper of tests imports no other app',
      'src/apps/bird/testing/a.ts',
      "import '../../bird-image/app.ts'",
      'imports src/apps/bird-image/app.ts',
    ],
    ['an app imports no cdk8s', 'src/apps/bird/a.ts', "import { App } from 'cdk8s'", 'imports cdk8s'],
    [
      'an app imports no cdk8s-plus',
      'src/apps/bird/a.ts',
      "import 'cdk8s-plus-27/lib/k8s'",
      'imports cdk8s-plus-27/lib/k8s',
    ],
    ['an app imports no constructs', 'src/apps/bird/a.ts', "import 'constructs'", 'imports constructs'],
    [
      'an app imports no resource types',
      'src/apps/bird/a.ts',
      "import type { A } from '@kubernetes-models/keda'",
      'imports @kubernetes-models/keda',
    ],
    ['an app imports no chart', 'src/apps/bird/a.ts', "import '../../charts/a.ts'", 'imports src/charts/a.ts'],
    ['an app runs without devDependencies', 'src/apps/bird/a.ts', "import 'execa'", 'imports execa'],
    [
      'of another app only contract.ts, not its metrics',
      'src/apps/bird/a.ts',
      "import '../bird-image/metrics.ts'",
      'imports src/apps/bird-image/metrics.ts',
    ],
    [
      'of another app only contract.ts, not its service',
      'src/apps/bird/a.ts',
      "import '../bird-image/service.ts'",
      'imports src/apps/bird-image/service.ts',
    ],
    [
      'a contract imports no code of its app',
      'src/apps/bird/contract.ts',
      "import './app.ts'",
      'imports src/apps/bird/app.ts',
    ],
    ['a contract imports no kit', 'src/apps/bird/contract.ts', "import '../kit/a.ts'", 'imports src/apps/kit/a.ts'],
    ['metrics import no code', 'src/apps/bird/metrics.ts', "import './app.ts'", 'imports src/apps/bird/app.ts'],
    ['a service imports no code', 'src/apps/bird/service.ts', "import './app.ts'", 'imports src/apps/bird/app.ts'],
    ['a service is pure data', 'src/apps/bird/service.ts', "import 'fastify'", 'imports fastify'],
    [
      "a service imports no other app's metrics",
      'src/apps/bird/service.ts',
      "import '../bird-image/metrics.ts'",
      'imports src/apps/bird-image/metrics.ts',
    ],
    [
      'a system imports no app code',
      'src/systems/a.ts',
      "import '../apps/bird/app.ts'",
      'imports src/apps/bird/app.ts',
    ],
    ['a system imports no chart', 'src/systems/a.ts', "import '../charts/a.ts'", 'imports src/charts/a.ts'],
    ['a system imports no package', 'src/systems/a.ts', "import 'yaml'", 'imports yaml'],
    ['charts import no app', 'src/charts/platform.ts', "import '../apps/bird/app.ts'", 'imports src/apps/bird/app.ts'],
    [
      'charts get a service by its system',
      'src/charts/platform.ts',
      "import '../apps/bird/service.ts'",
      'imports src/apps/bird/service.ts',
    ],
    ['charts import no kit', 'src/charts/main.ts', "import '../apps/kit/a.ts'", 'imports src/apps/kit/a.ts'],
    ['charts import no tools', 'src/charts/main.ts', "import '../tools/a.ts'", 'imports src/tools/a.ts'],
    ['observability imports no cdk8s', 'src/charts/observability/a.ts', "import 'cdk8s'", 'imports cdk8s'],
    [
      'observability imports no construct',
      'src/charts/observability/a.ts',
      "import '../constructs/b.ts'",
      'imports src/charts/constructs/b.ts',
    ],
    [
      'observability imports no system',
      'src/charts/observability/a.ts',
      "import '../../systems/b.ts'",
      'imports src/systems/b.ts',
    ],
    [
      'constructs import no system',
      'src/charts/constructs/a.ts',
      "import '../../systems/b.ts'",
      'imports src/systems/b.ts',
    ],
    [
      'constructs import no platform',
      'src/charts/constructs/a.ts',
      "import '../platform.ts'",
      'imports src/charts/platform.ts',
    ],
    ['names come from the model', 'src/charts/identity.ts', "import './platform.ts'", 'imports src/charts/platform.ts'],
    ['what holds for a service needs no cdk8s', 'src/charts/placement.ts', "import 'cdk8s'", 'imports cdk8s'],
    [
      'only tests import the helpers of tests',
      'src/charts/platform.ts',
      "import '../../test/a.ts'",
      'imports test/a.ts',
    ],
    ['tools import no app', 'src/tools/a.ts', "import '../apps/bird/app.ts'", 'imports src/apps/bird/app.ts'],
    ['tests import no tool', 'test/a.ts', "import '../src/tools/a.ts'", 'imports src/tools/a.ts'],
    ['a configuration imports no room', 'vitest.config.ts', "import './src/model/a.ts'", 'imports src/model/a.ts'],
    ['every file has a room', 'src/a.ts', '', 'is in no room'],
    [
      'a JSON file is a file',
      'src/model/a.ts',
      "import x from '../../package.json' with { type: 'json' }",
      'imports package.json',
    ],
  ])('%s', (_rule, file, text, breach) => {
    expect(pathsOf({ [file]: text })).toEqual([`${file}:1: ${breach}`]);
  });

  test.each([
    "import { b } from '../charts/b.ts'",
    "import type { B } from '../charts/b.ts'",
    "export * from '../charts/b.ts'",
    "export * as all from '../charts/b.ts'",
    "export { b } from '../charts/b.ts'",
    "export type { B } from '../charts/b.ts'",
    "const b = await import('../charts/b.ts')",
    'const b = await import(`../charts/b.ts`)',
    "type B = import('../charts/b.ts').B",
    "const b = require('../charts/b.ts')",
    "import b = require('../charts/b.ts')",
  ])('however it is written: %s', (text) => {
    expect(pathsOf({ 'src/model/a.ts': `// first line\n${text}` })).toEqual([
      'src/model/a.ts:2: imports src/charts/b.ts',
    ]);
  });

  test.each([
    'const x = process.env.X',
    "const x = process['env']",
    'const x = process?.env?.X',
    'const x = globalThis.process.env',
    'const { env } = process',
    'const { env: variables } = process',
    'const { ...all } = process',
    "import { env } from 'node:process'",
    "import process from 'process'",
  ])('in charts, reading the environment: %s', (text) => {
    const read = 'reads the environment';
    for (const file of ['src/charts/platform.ts', 'src/charts/constructs/a.ts', 'src/charts/observability/a.ts'])
      expect(pathsOf({ [file]: text })).toContain(`${file}:1: ${read}`);
    expect(pathsOf({ 'src/charts/main.ts': text })).toEqual([]);
  });

  test.each(
    ['undici', 'node:http', 'node:https', 'node:http2', 'node:net', 'http', 'axios', 'got', 'prom-client', 'pino'].map(
      (name) => [name],
    ),
  )('an app has %s by the kit alone', (name) => {
    const text = `import x from '${name}'`;
    expect(pathsOf({ 'src/apps/bird/a/b.ts': text })).toEqual([`src/apps/bird/a/b.ts:1: imports ${name}`]);
    expect(pathsOf({ 'src/apps/kit/a.ts': text, 'src/apps/bird/a.test.ts': text })).toEqual([]);
  });

  test.each([
    ["await fetch('https://x')", 'fetch'],
    ['const get = fetch', 'fetch'],
    ['call(fetch)', 'fetch'],
    ['const tools = { fetch }', 'fetch'],
    ['fetch.bind(undefined)', 'fetch'],
    ['globalThis.fetch(url)', 'fetch'],
    ["global['fetch'](url)", 'fetch'],
    ['const { fetch: get } = globalThis', 'fetch'],
    ['(fetch as unknown)', 'fetch'],
    ['new WebSocket(url)', 'WebSocket'],
    ['new EventSource(url)', 'EventSource'],
    ['new XMLHttpRequest()', 'XMLHttpRequest'],
  ])('an app has no client of its own: %s', (text, name) => {
    expect(pathsOf({ 'src/apps/bird/app.ts': text })).toEqual([`src/apps/bird/app.ts:1: uses ${name}`]);
    expect(pathsOf({ 'src/apps/kit/a.ts': text, 'src/apps/bird/a.test.ts': text })).toEqual([]);
  });

  test.each([
    'client.fetch()',
    'const routes = { fetch: 1 }',
    "const text = 'fetch'",
    'type A = typeof fetch',
    'class A { fetch() {} }',
    'interface A { fetch(): void }',
  ])('what only sounds like a client is none: %s', (text) => {
    expect(pathsOf({ 'src/apps/bird/app.ts': text })).toEqual([]);
  });

  test('a computed import, unless its folder is written out', () => {
    expect(pathsOf({ 'src/charts/platform.ts': `await import(name); await import(${template('', '.ts')})` })).toEqual(
      Array(2).fill('src/charts/platform.ts:1: imports a computed path'),
    );
    expect(pathsOf({ 'src/charts/platform.ts': `await import(${template('./extensions/', '.ts')})` })).toEqual([]);
    expect(pathsOf({ 'src/charts/platform.ts': `await import(${template('../apps/', '.ts')})` })).toEqual([
      'src/charts/platform.ts:1: imports src/apps/*.ts',
    ]);
  });

  test('a circle, by types too, once', () => {
    const files = {
      'src/model/a.ts': "import './b.ts'",
      'src/model/b.ts': "import type { C } from './c.ts'; import './d.ts'",
      'src/model/c.ts': "export * from './a.ts'",
      'src/model/d.ts': '',
      'src/model/e.ts': "import './a.ts'",
      'src/systems/self.ts': "import './self.ts'",
    };
    expect(pathsOf(files)).toEqual([
      'src/model/a.ts:1: imports itself by src/model/b.ts, src/model/c.ts, src/model/a.ts',
      'src/systems/self.ts:1: imports itself by src/systems/self.ts',
    ]);
  });

  test('with all others, and what is allowed', () => {
    const files = {
      'src/apps/bird/service.ts': "import x from './contract.ts'\nimport fastify from 'fastify'",
      'src/apps/bird/app.ts': "import x from '../kit/a.ts'\n\nimport y from '../other/app.ts'",
    };
    expect(breachesOf(files, manifest)).toEqual([
      'src/apps/bird/service.ts:2: imports fastify; allowed: zod',
      'src/apps/bird/app.ts:3: imports src/apps/other/app.ts; allowed: src/model/**, src/apps/kit/**, src/apps/bird/**, src/apps/*/contract.ts',
    ]);
  });

  test('and a file that cannot be parsed is not taken for one without imports', () => {
    expect(() => breachesOf({ 'src/model/a.ts': "import { from 'x'" }, manifest)).toThrow('src/model/a.ts: ');
  });
});

test('what the design allows is no breach', () => {
  const files = {
    'src/model/a.ts': "import { z } from 'zod'; import { closest } from 'fastest-levenshtein'; import './b.ts'",
    'src/model/a.test.ts': "import { test } from 'vitest'; import 'node:fs'; import './a.ts'",
    'src/apps/kit/a.ts':
      "import 'node:http'; import fastify from 'fastify'; import '../../model/a.ts'; import './b.ts'",
    'src/apps/bird/contract.ts': "import { z } from 'zod'; import '../../model/a.ts'",
    'src/apps/bird/service.ts': "import './contract.ts'; import './metrics.ts'; import '../bird-image/contract.ts'",
    'src/apps/bird/app.ts': "import './service.ts'; import '../kit/a.ts'; import '../bird-image/contract.ts'",
    'src/systems/bird.ts': "import '../model/a.ts'; import '../apps/bird/service.ts'; import './environments/local.ts'",
    'src/charts/observability/a.ts': "import '../../model/a.ts'; import './b.ts'",
    'src/charts/constructs/a.ts': "import 'cdk8s'; import '../placement.ts'; import '../observability/a.ts'",
    'src/charts/platform.ts': "// process.env\nimport '../systems/index.ts'; import './constructs/a.ts'; 'process.env'",
    'src/charts/platform.test.ts': "import { test } from 'vitest'; import '../../test/a.ts'; process.env.X",
    'src/charts/main.ts': 'process.env.X; await import(name)',
    'src/charts/placement.ts': "import '../model/a.ts'; import './identity.ts'",
    'src/tools/dev.ts': "import '../systems/index.ts'; import '../charts/platform.ts'; import '../apps/kit/a.ts'",
    'test/a.ts': "import '../src/apps/bird/app.ts'",
    'e2e/a.e2e.ts': "import '../test/b.ts'; import '../src/systems/bird.ts'",
    'vitest.config.ts': "import 'vitest/config'",
  };
  expect(breachesOf(files, manifest)).toEqual([]);
});
