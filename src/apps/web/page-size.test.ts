import { readFile, stat } from 'node:fs/promises';
import { expect, test } from 'vitest';

const built = new URL('./.page/', import.meta.url);
/** In bytes, compressed: what somebody with a slow line waits for before the page does anything. */
const most = 60_000;

test('the script is small, however it is compressed', async () => {
  const shell = await readFile(new URL('index.html', built), 'utf8');
  const scripts = [...shell.matchAll(/<script[^>]*\ssrc="\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(scripts.length).toBeGreaterThan(0);
  const sizeOf = async (suffix: string) => {
    const sizes = await Promise.all(scripts.map(async (path) => (await stat(new URL(`${path}${suffix}`, built))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  const [plain, gzip, brotli] = [await sizeOf(''), await sizeOf('.gz'), await sizeOf('.br')];
  console.log(`script of the page: ${plain} bytes, ${gzip} as gzip, ${brotli} as brotli; allowed: ${most} compressed`);
  expect(gzip).toBeLessThan(most);
  expect(brotli).toBeLessThan(most);
  // Nothing is loaded later, which would be missing here.
  for (const path of scripts) expect(await readFile(new URL(path, built), 'utf8')).not.toMatch(/\bimport\s*\(/);
});
