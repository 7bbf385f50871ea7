import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { contractNamed, minimalService, systemOf } from '../../test/declarations.ts';
import { misplacedApps } from './load-systems.ts';

/** What a system of `orders` and `stock` is refused for where the apps have these folders. */
async function problems(...folders: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'apps-'));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const folder of folders) {
    await mkdir(join(root, folder));
    for (const file of ['service.ts', 'main.ts']) await writeFile(join(root, folder, file), '');
  }
  await mkdir(join(root, 'kit'));
  const system = systemOf(minimalService(contractNamed('orders')), minimalService(contractNamed('stock')));
  return misplacedApps([system, system], pathToFileURL(`${root}/`));
}

test('apps in folders of their names', async () => {
  expect(await problems('orders', 'stock', 'in-no-system')).toEqual([]);
});

test('an app in a folder of another name is named as what may be meant', async () => {
  expect(await problems('order', 'stock', 'activator')).toEqual([
    {
      path: 'src/apps/orders/main.ts',
      got: undefined,
      allowed: "the program of orders, in the folder of its contract's name",
      fix: 'if it is src/apps/order, rename the folder or the contract so that both have one name; else write it',
    },
  ]);
});

test('an app that is nowhere', async () => {
  const found = await problems('orders');
  expect(found.map(({ path, fix }) => [path, fix])).toEqual([
    ['src/apps/stock/main.ts', 'write it, or correct the name in the contract'],
  ]);
});
