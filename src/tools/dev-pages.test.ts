import { join } from 'node:path';
import { expect, test } from 'vitest';
import bird from '../systems/bird.ts';
import insta from '../systems/insta.ts';
import { pagesOf } from './dev-pages.ts';
import { servicesOf } from './dev-service.ts';

test.each<[file: string, pages: string[], services: string[]]>([
  ['apps/web/page/main.tsx', ['web'], []],
  ['apps/web/page/state/likes.ts', ['web'], []],
  ['apps/web/page/style.css', ['web'], []],
  ['apps/web/page/index.html', ['web'], []],
  ['apps/web/.page/index.html', [], []],
  ['apps/web/app.ts', [], ['web']],
  ['apps/posts/page/main.tsx', [], []],
  ['apps/posts/contract.ts', ['web'], insta.services.map(({ name }) => name)],
  ['apps/posts/store.ts', [], ['posts']],
  ['tools/dev.ts', [], []],
])('a change of %s builds pages and starts services anew, each that knows of it', (file, pages, services) => {
  const path = join(...file.split('/'));
  expect(pagesOf(path, insta)).toEqual(pages);
  expect(servicesOf(path, insta).map(({ name }) => name)).toEqual(services);
});

test('a system without a page builds none', () => {
  expect(pagesOf('apps/bird/contract.ts', bird)).toEqual([]);
});
