import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { eventually } from '../testing/eventually.ts';
import { LogLines } from '../testing/log-lines.ts';
import { FileObjectStore } from './file-object-store.ts';

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'objects-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function open(folder: string, lines = new LogLines()): Promise<FileObjectStore> {
  return FileObjectStore.open(folder, createLog({ service: 'media', version: '1', level: 'info', to: lines }));
}

const put = (store: FileObjectStore, key: string, content: string) =>
  store.put(key, Readable.from([content]), 'text/plain');

test('a process that is killed leaves no object, and what it wrote is removed when it is old', () =>
  inFolder(async (folder) => {
    const store = await open(folder);
    await put(store, 'a', 'as it was');
    const code = `
      import { Readable } from 'node:stream';
      import { FileObjectStore } from ${JSON.stringify(new URL('./file-object-store.ts', import.meta.url).href)};
      const store = await FileObjectStore.open(${JSON.stringify(folder)}, { info() {} });
      async function* endless() {
        for (;;) {
          yield Buffer.alloc(1000, 'x');
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      await store.put('a', Readable.from(endless(), { objectMode: false }), 'text/plain');
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
    const partial = join(folder, 'partial');
    const [name = ''] = await eventually(async () => {
      const names = await readdir(partial);
      expect((await stat(join(partial, names[0] ?? ''))).size).toBeGreaterThan(1000);
      expect(names).toHaveLength(1);
      return names;
    });
    child.kill('SIGKILL');
    await once(child, 'close');
    const found = await store.get('a');
    expect(found && (await text(found.content))).toBe('as it was');

    const hour = 60 * 60 * 1000;
    const lines = new LogLines();
    const other = await open(folder, lines);
    // As far as anybody can tell it is still being written.
    expect(await other.sweepUnfinished(hour)).toBe(0);
    expect(await readdir(partial)).toEqual([name]);
    const longAgo = new Date(Date.now() - 1.1 * hour);
    await utimes(join(partial, name), longAgo, longAgo);
    expect(await other.sweepUnfinished(hour)).toBe(1);
    expect(await readdir(partial)).toEqual([]);
    expect(lines.of('half an object removed')).toHaveLength(1);
    expect(await store.head('a')).toEqual({ bytes: 9, type: 'text/plain' });
  }));

test('a key that is the folder of another is refused, and leaves nothing', () =>
  inFolder(async (folder) => {
    const store = await open(folder);
    await put(store, 'a/b', 'x');
    for (const key of ['a', 'a/b/c', 'a/b/c/d']) {
      await expect(put(store, key, 'y')).rejects.toThrow(
        `object store: the key is ${key}, which is the folder of another or has another as its folder; allowed: `,
      );
    }
    expect(await readdir(join(folder, 'partial'))).toEqual([]);
    expect(await store.head('a/b')).toEqual({ bytes: 1, type: 'text/plain' });
  }));

test('a put succeeds while deletes take its folder away', () =>
  inFolder(async (folder) => {
    const store = await open(folder);
    for (let round = 0; round < 50; round++) {
      await put(store, 'a/b/old', 'x');
      await Promise.all([
        store.delete(['a/b/old']),
        ...Array.from({ length: 4 }, (_, at) => put(store, `a/b/${at}`, 'y')),
      ]);
      await store.delete(Array.from({ length: 4 }, (_, at) => `a/b/${at}`));
    }
    expect(await readdir(join(folder, 'objects'))).toEqual([]);
  }));

test('a file that somebody else wrote is no object', () =>
  inFolder(async (folder) => {
    const store = await open(folder);
    await writeFile(join(folder, 'objects', 'note.txt'), 'hello');
    await expect(store.head('note.txt')).rejects.toThrow('it is too short to be an object');
    expect(await Array.fromAsync(store.pages(''))).toEqual([[]]);
  }));

test('a folder that cannot be made ends the start', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    await expect(open(join(folder, 'file', 'store'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  }));
