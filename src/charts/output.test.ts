import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import { expect, onTestFinished, test } from 'vitest';
import { foreignFiles, removeOtherFolders, toAlertmanagerFiles, toFiles, toValuesFiles, writeFiles } from './output.ts';

const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const manifests = toFiles([{ name: '00-shop', objects: [object] }]);
const values = {
  rules: { default: false, custom: [{ metricsQuery: 'sum by (<<.GroupBy>>) (up{<<.LabelMatchers>>}) or 0' }] },
};
const ours = toValuesFiles([{ chart: 'adapter', values }]);

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'output-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

test('values are a file that kubectl does not read with the manifests, and Helm reads as they are', async () => {
  const folder = await scratch();
  await writeFiles(folder, new Map([...manifests, ...ours]));
  expect((await readdir(folder)).toSorted()).toEqual(['00-shop.k8s.yaml', 'helm-values']);
  const file = join(folder, 'helm-values', 'adapter.yaml');
  expect(await readFile(file, 'utf8')).toMatch(/^# Rendered by /);
  expect(Yaml.load(file)).toEqual([values]);
  expect(await foreignFiles(folder)).toEqual([]);
});

test('a configuration of Alertmanager is a file in a folder of its own, and goes with it', async () => {
  expect(toAlertmanagerFiles(undefined).size).toBe(0);
  const folder = await scratch();
  const configuration = { route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] };
  await writeFiles(folder, new Map([...manifests, ...ours, ...toAlertmanagerFiles(configuration)]));
  expect((await readdir(folder)).toSorted()).toEqual(['00-shop.k8s.yaml', 'alertmanager', 'helm-values']);
  expect(Yaml.load(join(folder, 'alertmanager', 'alertmanager.yaml'))).toEqual([configuration]);
  expect(await foreignFiles(folder)).toEqual([]);
  await writeFiles(folder, new Map([...manifests, ...ours]));
  expect((await readdir(folder)).toSorted()).toEqual(['00-shop.k8s.yaml', 'helm-values']);
});

test('values that are no more go, with their folder, and those of somebody else stay', async () => {
  const folder = await scratch();
  await writeFiles(folder, new Map([...manifests, ...ours]));
  await writeFiles(folder, manifests);
  expect(await readdir(folder)).toEqual(['00-shop.k8s.yaml']);

  await writeFiles(folder, new Map([...manifests, ...ours]));
  await writeFile(join(folder, 'helm-values', 'own.yaml'), 'own: true\n');
  await writeFiles(folder, manifests);
  expect(await readdir(join(folder, 'helm-values'))).toEqual(['own.yaml']);
});

test('those of an environment that is no more go with it, and those of the folder itself stay', async () => {
  const folder = await scratch();
  const all = new Map([...manifests, ...ours]);
  for (const environment of ['', 'kept', 'gone']) await writeFiles(join(folder, environment), all);
  expect(await foreignFiles(folder)).toEqual([]);
  await removeOtherFolders(folder, ['kept']);
  expect(existsSync(join(folder, 'gone'))).toBe(false);
  for (const environment of ['', 'kept'])
    expect(existsSync(join(folder, environment, 'helm-values', 'adapter.yaml'))).toBe(true);
});

test('what is no YAML in the folder of values is not ours', async () => {
  const folder = await scratch();
  for (const place of ['helm-values', 'kept/helm-values', 'kept/other']) {
    await mkdir(join(folder, place), { recursive: true });
    await writeFile(join(folder, place, 'notes.txt'), '');
  }
  expect(await foreignFiles(folder)).toEqual(
    ['helm-values/notes.txt', 'kept/helm-values/notes.txt', 'kept/other'].map((path) => join(path)),
  );
});
