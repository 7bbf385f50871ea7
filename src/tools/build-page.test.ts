import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { buildPage, hasPage } from './build-page.ts';
import { appNames, root } from './repository.ts';

/** A page in a folder of its own, as that of an app stands in `src/apps/APP/page`. */
async function pageWith(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [source, out] = [join(folder, 'apps/own/page'), join(folder, 'out')];
  await mkdir(source, { recursive: true });
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) await writeFile(join(source, name), text);
  };
  await write({ 'index.html': '<script type="module" src="main.ts"></script>', ...files });
  return {
    write,
    build: () => buildPage(source, out),
    shell: () => readFile(join(out, 'index.html'), 'utf8'),
    files: async () => (await readdir(out)).sort(),
    assets: async () => (await readdir(join(out, 'assets'))).sort(),
    asset: (name: string) => readFile(join(out, 'assets', name)),
    /** The script that the shell refers to. */
    async script() {
      const [, name = ''] = /src="\/assets\/([^"]+)"/.exec(await this.shell()) ?? [];
      return (await this.asset(name)).toString();
    },
  };
}

const contracts = `${root}src/apps`;

test('what the shell refers to becomes assets with the hash of their content in their names', async () => {
  const page = await pageWith({
    'index.html': [
      '<link rel="icon" href="icon.svg"><link rel="stylesheet" href="style.css">',
      '<script type="module" src="main.tsx"></script><a href="/search">Search</a><a href="#page">Page</a>',
    ].join('\n'),
    'main.tsx': "import { text } from './text.ts';\nexport const a = document.createElement(text);",
    'text.ts': "export const text: string = 'main';",
    'style.css': '@import "./more.css"; body { color: red; }',
    'more.css': 'p { color: blue; }',
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  });
  await page.build();
  const shell = await page.shell();
  expect(shell.replaceAll(/-[A-Z0-9]{8}\./g, '-HASH.')).toBe(
    [
      '<link rel="icon" href="/assets/icon-HASH.svg"><link rel="stylesheet" href="/assets/style-HASH.css">',
      '<script type="module" src="/assets/main-HASH.js"></script><a href="/search">Search</a><a href="#page">Page</a>',
    ].join('\n'),
  );
  const names = [...shell.matchAll(/\/assets\/([^"]+)/g)].map(([, name = '']) => name);
  const assets = await page.assets();
  for (const name of names) expect(assets).toContain(name);
  const [, style = ''] = names;
  expect((await page.asset(style)).toString().trim()).toBe('p{color:#00f}body{color:red}');
});

test('each asset has twins that are the same compressed, where that makes it smaller', async () => {
  const page = await pageWith({ 'main.ts': `export const a = document.createElement('${'main'.repeat(99)}');` });
  await page.build();
  const [name = '', brotli = '', gzip = '', ...others] = await page.assets();
  expect([brotli, gzip, others]).toEqual([`${name}.br`, `${name}.gz`, []]);
  const content = await page.asset(name);
  expect(brotliDecompressSync(await page.asset(brotli))).toEqual(content);
  expect(gunzipSync(await page.asset(gzip))).toEqual(content);
  await page.write({ 'main.ts': 'document.title;' });
  await page.build();
  expect((await page.assets()).filter((each) => !each.endsWith('.br'))).toEqual([expect.stringMatching(/\.js$/)]);
});

test('the same source gives the same names, another one others, and only the newest stay', async () => {
  const page = await pageWith({ 'main.ts': "document.title = 'one';" });
  await page.build();
  const first = [await page.shell(), await page.assets()];
  await page.build();
  expect([await page.shell(), await page.assets()]).toEqual(first);
  await page.write({ 'main.ts': "document.title = 'two';" });
  await page.build();
  const second = [await page.shell(), await page.assets()];
  expect(second[0]).not.toBe(first[0]);
  expect(second[1]?.length).toBe(first[1]?.length);
  await page.write({ 'main.ts': "document.title = 'one';" });
  await page.build();
  expect([await page.shell(), await page.assets()]).toEqual(first);
});

test('several builds of it at once write it whole, each, and leave nothing else', async () => {
  const page = await pageWith({
    'index.html': '<link rel="icon" href="icon.svg"><script type="module" src="main.ts"></script>',
    'main.ts': `export const a = document.createElement('${'main'.repeat(99)}');`,
    'icon.svg': `<svg xmlns="http://www.w3.org/2000/svg">${'<g/>'.repeat(99)}</svg>`,
  });
  await page.build();
  const alone = [await page.files(), await page.shell(), await page.assets()];
  expect(alone[0]).toEqual(['assets', 'index.html']);
  await Promise.all(Array.from({ length: 8 }, () => page.build()));
  expect([await page.files(), await page.shell(), await page.assets()]).toEqual(alone);
});

test('of a contract a browser gets the method and the path of each exposed route, and plain values', async () => {
  const page = await pageWith({
    'main.ts': `
      import auth, { tokenIssuer } from '${contracts}/auth/contract.ts';
      import media, { imageTypes } from '${contracts}/media/contract.ts';
      console.log(JSON.stringify([auth, media, tokenIssuer, imageTypes]));`,
  });
  await page.build();
  const script = await page.script();
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const [auth, media, issuer, types] = JSON.parse(String(log.mock.calls[0]?.[0]));
  expect(auth).toMatchObject({ name: 'auth', routes: { logIn: { method: 'POST', path: '/auth/sessions' } } });
  expect(Object.keys(auth.routes.logIn)).toEqual(['method', 'path']);
  expect(media.routes.download).toEqual({ method: 'GET', path: '/media/:id' });
  expect(script).not.toContain('/internal/');
  expect([issuer, types]).toEqual(['auth', expect.arrayContaining(['image/png'])]);
  // Zod would be fifty times as much.
  expect(script.length).toBeLessThan(4_000);
});

test.each([
  ['a service', `import service from '${contracts}/bird/service.ts'; console.log(service);`, /a page may import/],
  ['the model', `import { get } from '${root}src/model/index.ts'; console.log(get);`, /a page may import/],
  ['what no browser has', "import { readFile } from 'node:fs'; console.log(readFile);", /node:fs/],
  [
    'a schema of a contract',
    `import { publicKey } from '${contracts}/auth/contract.ts'; console.log(publicKey);`,
    /publicKey/,
  ],
  ['what is no TypeScript', 'let = ;', /Expected|Unexpected/],
])('%s in a page is refused, and the page of before stays', async (_what, text, message) => {
  const page = await pageWith({ 'main.ts': "document.title = 'before';" });
  await page.build();
  const before = [await page.shell(), await page.assets()];
  await page.write({ 'main.ts': text });
  await expect(page.build()).rejects.toThrow(message);
  expect([await page.shell(), await page.assets()]).toEqual(before);
});

test('types of a service are no code', async () => {
  const page = await pageWith({
    'main.ts': `import type { Route } from '${root}src/model/index.ts'; export const a = (route: Route) => route.path; document.title = 'x';`,
  });
  await page.build();
  expect(await page.script()).not.toContain('model');
});

test('an app without a page has none', () => {
  expect(appNames().filter(hasPage)).toEqual(['web']);
});
