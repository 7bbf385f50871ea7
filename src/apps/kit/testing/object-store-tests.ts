import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import type { ListedObject, OpenObjectStore } from '../stores/object-store.ts';
import { openObjectStore } from '../stores/open-object-store.ts';
import { LogLines } from './log-lines.ts';
import type { ObjectStorePlace } from './object-store-places.ts';

const mebi = 1024 * 1024;
const unavailable = { statusCode: 503, code: 'store-unavailable', retryAfter: 2 };

interface Opened extends AsyncDisposable {
  readonly place: ObjectStorePlace;
  readonly store: OpenObjectStore;
  readonly registry: Registry;
  readonly lines: LogLines;
}

/** What holds of every object store. @param openPlace an empty place for one */
export function objectStoreTests(name: string, openPlace: () => Promise<ObjectStorePlace>): void {
  async function open(): Promise<Opened> {
    const place = await openPlace();
    const lines = new LogLines();
    const registry = new Registry();
    const log = createLog({ service: 'media', version: '1', level: 'debug', to: lines });
    const { url, accessKeyId, secretAccessKey } = place;
    const keys = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : {};
    const store = await openObjectStore({ url, ...keys, service: 'media', registry, log });
    return {
      place,
      store,
      registry,
      lines,
      async [Symbol.asyncDispose]() {
        await store.close();
        await place[Symbol.asyncDispose]();
      },
    };
  }

  describe(name, () => {
    test('an object is given back as it was put, as a whole and in part', async () => {
      await using opened = await open();
      const { store } = opened;
      expect(await store.put('a/b.txt', Readable.from(['hello', ' wörld']), { type: 'text/plain' })).toEqual({
        bytes: 12,
      });
      expect(await store.head('a/b.txt')).toEqual({ bytes: 12, type: 'text/plain' });
      expect(await read(store, 'a/b.txt')).toEqual({ text: 'hello wörld', bytes: 12, type: 'text/plain' });
      for (const [start, end, part] of [
        [0, 0, 'h'],
        [0, 4, 'hello'],
        [6, 6, 'w'],
        [9, 11, 'rld'],
        [9, 500, 'rld'],
      ] as const) {
        expect(await read(store, 'a/b.txt', { start, end })).toEqual({
          text: part,
          bytes: part.length,
          type: 'text/plain',
        });
      }
      await expect(store.get('a/b.txt', { start: 12, end: 20 })).rejects.toMatchObject({
        statusCode: 416,
        code: 'range-not-satisfiable',
      });
    });

    test('an object without content is one', async () => {
      await using opened = await open();
      const { store } = opened;
      expect(await store.put('empty', Readable.from([]), { type: 'image/png' })).toEqual({ bytes: 0 });
      expect(await read(store, 'empty')).toEqual({ text: '', bytes: 0, type: 'image/png' });
      await expect(store.get('empty', { start: 0, end: 0 })).rejects.toMatchObject({ statusCode: 416 });
    });

    test('a put replaces content and type', async () => {
      await using opened = await open();
      const { store } = opened;
      await put(store, 'a', 'the first, which is longer');
      await store.put('a', Readable.from(['second']), { type: 'image/webp' });
      expect(await read(store, 'a')).toEqual({ text: 'second', bytes: 6, type: 'image/webp' });
    });

    test('what is not there is undefined, and may be deleted', async () => {
      await using opened = await open();
      const { store } = opened;
      await put(store, 'a/b/c', 'x');
      // The last two are folders of a store of files, or below one of its files.
      for (const key of ['none', 'a', 'a/b', 'a/b/c/d']) {
        expect(await store.get(key)).toBeUndefined();
        expect(await store.head(key)).toBeUndefined();
        await store.delete(key);
      }
      await store.delete();
      await store.delete('none', 'a', 'a/b/d', 'other/none');
      expect(await keysOf(store, '')).toEqual(['a/b/c']);
    });

    test('deleted objects are gone, the others are not', async () => {
      await using opened = await open();
      const { store } = opened;
      for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) await put(store, key, 'x');
      await store.delete('a/1');
      expect(await keysOf(store, '')).toEqual(['a/2', 'a/3', 'b/1']);
      await store.delete('a/2', 'none', 'b/1');
      expect(await keysOf(store, '')).toEqual(['a/3']);
      await store.delete('a/3');
      expect(await keysOf(store, '')).toEqual([]);
      // What was the folder of objects is free again.
      await put(store, 'a', 'y');
      expect(await keysOf(store, '')).toEqual(['a']);
    });

    test('a listing has the objects of a prefix in the order of their keys', async () => {
      await using opened = await open();
      const { store } = opened;
      const keys = ['a-b', 'a.b', 'a/B', 'a/b/1', 'a/b/2', 'a/b.c', 'a0', 'b/1', 'Z'];
      for (const key of keys) await put(store, key, key);
      const before = Date.now();
      const listed: ListedObject[] = await Array.fromAsync(store.list(''));
      expect(listed.map(({ key }) => key)).toEqual(keys.toSorted());
      for (const { key, bytes, modified } of listed) {
        expect(bytes).toBe(key.length);
        // To the second in S3, and by the clock of the server.
        expect(Math.abs(modified.getTime() - before)).toBeLessThan(60_000);
      }
      expect(await keysOf(store, 'a/')).toEqual(['a/B', 'a/b.c', 'a/b/1', 'a/b/2']);
      expect(await keysOf(store, 'a/b')).toEqual(['a/b.c', 'a/b/1', 'a/b/2']);
      expect(await keysOf(store, 'a/b/2')).toEqual(['a/b/2']);
      expect(await keysOf(store, 'c')).toEqual([]);
    });

    test('more objects than it lists at once', { timeout: 120_000 }, async () => {
      await using opened = await open();
      const { store, place, registry } = opened;
      const keys = Array.from({ length: place.pageSize + 3 }, (_, at) => `many/${String(at).padStart(4, '0')}`);
      for (let at = 0; at < keys.length; at += 20) {
        await Promise.all(keys.slice(at, at + 20).map((key) => put(store, key, key)));
      }
      expect(await keysOf(store, 'many/')).toEqual(keys);
      const pages = /command_duration_seconds_count\{service="media",command="list",outcome="ok"\} (\d+)/;
      expect(Number(pages.exec(await registry.metrics())?.[1])).toBe(2);
      await store.delete(...keys.slice(1));
      expect(await keysOf(store, '')).toEqual(keys.slice(0, 1));
    });

    test('a large object passes through little memory', { timeout: 120_000 }, async () => {
      await using opened = await open();
      const { store } = opened;
      const [sent, received] = [createHash('sha256'), createHash('sha256')];
      // A put holds three parts of 5 MiB, and the server of the tests may be in this process.
      const [size, most] = [128 * mebi, 40 * mebi];
      const putting = new MemoryProbe();
      const passing = (block: Buffer) => {
        sent.update(block);
        putting.passed(block.length);
      };
      expect(await store.put('big', blocks(size, passing), { type: 'video/mp4' })).toEqual({ bytes: size });
      const getting = new MemoryProbe();
      const part = await store.get('big');
      expect(part?.bytes).toBe(size);
      for await (const chunk of part?.content ?? []) {
        received.update(chunk);
        getting.passed(chunk.length);
      }
      expect(received.digest('hex')).toBe(sent.digest('hex'));
      console.info(`${name}: ${size / mebi} MiB in ${putting} (put) and ${getting} (get) more memory`);
      for (const { buffers, resident } of [putting, getting]) {
        expect(buffers).toBeLessThan(most);
        // With what the collector has left of the heap it is more, and still less than the object.
        expect(resident).toBeLessThan(size * 0.9);
      }
    });

    // Less than the first part that S3 is sent, and more than that.
    for (const [size, bytes] of [
      ['small', 1000],
      ['large', 12 * mebi],
    ] as const) {
      test(`content that breaks leaves nothing, when it is ${size}`, async () => {
        await using opened = await open();
        const { store, place } = opened;
        await put(store, 'old', 'as it was');
        for (const key of ['old', 'new/a']) {
          const content = Readable.from(
            (async function* () {
              yield* blocks(bytes);
              throw new Error('the camera is off');
            })(),
          );
          await expect(store.put(key, content, { type: 'image/png' })).rejects.toThrow('the camera is off');
          expect(content.destroyed).toBe(true);
        }
        await expectOnlyOld(store, place);
      });

      test(`an aborted put leaves nothing, even where the content hangs, when it is ${size}`, async () => {
        await using opened = await open();
        const { store, place } = opened;
        await put(store, 'old', 'as it was');
        for (const key of ['old', 'new/a']) {
          const over = new AbortController();
          const content = new PassThrough();
          const putting = store.put(key, content, { type: 'image/png', signal: over.signal });
          const rejected = expect(putting).rejects.toThrow('gone');
          for await (const block of blocks(bytes)) if (!content.write(block)) await drained(content);
          over.abort(new Error('gone'));
          await rejected;
          expect(content.destroyed).toBe(true);
        }
        await expectOnlyOld(store, place);
      });
    }

    test('a put that does not end is swept away once it is old, and then fails', async () => {
      await using opened = await open();
      const { store, place } = opened;
      await put(store, 'old', 'as it was');
      const content = new PassThrough();
      const putting = store.put('old', content, { type: 'image/png' });
      const rejected = expect(putting).rejects.toThrow();
      for await (const block of blocks(12 * mebi)) if (!content.write(block)) await drained(content);
      await expect.poll(() => place.unfinished()).toBe(1);
      expect(await store.sweepUnfinished(60 * 60_000)).toBe(0);
      expect(await place.unfinished()).toBe(1);
      // S3 knows the age to the second, and by a clock of its own.
      await expect.poll(() => store.sweepUnfinished(0), { timeout: 10_000 }).toBe(1);
      expect(await place.unfinished()).toBe(0);
      expect(await store.sweepUnfinished(0)).toBe(0);
      content.end();
      await rejected;
      await expectOnlyOld(store, place);
    });

    test('content that was broken, and a signal that was aborted, before the put', async () => {
      await using opened = await open();
      const { store, place } = opened;
      await put(store, 'old', 'as it was');
      const broken = new PassThrough();
      broken.on('error', () => {});
      broken.destroy(new Error('too late'));
      await expect(store.put('old', broken, { type: 'image/png' })).rejects.toThrow('too late');
      const ended = new PassThrough();
      ended.destroy();
      await expect(store.put('old', ended, { type: 'image/png' })).rejects.toMatchObject({
        code: 'ERR_STREAM_PREMATURE_CLOSE',
      });
      const signal = AbortSignal.abort(new Error('never mind'));
      const content = Readable.from(['x']);
      await expect(store.put('old', content, { type: 'image/png', signal })).rejects.toThrow('never mind');
      await expectOnlyOld(store, place);
    });

    test('an abort after the put does nothing', async () => {
      await using opened = await open();
      const { store } = opened;
      const over = new AbortController();
      await store.put('a', Readable.from(['x']), { type: 'text/plain', signal: over.signal });
      over.abort();
      expect(await read(store, 'a')).toMatchObject({ text: 'x' });
    });

    test('of puts of one key at once a reader sees one or the other, whole', { timeout: 60_000 }, async () => {
      await using opened = await open();
      const { store } = opened;
      const versions = ['a', 'b', 'c', 'd'].map((letter, at) => ({
        text: letter.repeat((at + 1) * 300_000),
        type: `image/${letter}`,
      }));
      const write = ({ text: content, type }: (typeof versions)[number]) =>
        store.put('one', Readable.from([content]), { type });
      await write(versions[0] as (typeof versions)[number]);
      const seen = new Set<string>();
      let writing = true;
      const reading = (async () => {
        while (writing) {
          const found = await read(store, 'one');
          const version = versions.find(({ type }) => type === found?.type);
          expect(found?.text === version?.text, `all of ${found?.type}`).toBe(true);
          seen.add(found?.type ?? '');
        }
      })();
      const puts = (async () => {
        for (let round = 0; round < 5; round++) await Promise.all(versions.map(write));
      })();
      await Promise.all([reading, puts.finally(() => (writing = false))]);
      expect(seen.size).toBeGreaterThan(0);
      expect(await keysOf(store, '')).toEqual(['one']);
    });

    test('odd keys, prefixes, types and ranges are refused', async () => {
      await using opened = await open();
      const { store, place } = opened;
      const odd = [
        ...['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'a b', 'ä', 'a\\b', 'a\0', 'a\n'],
        ...['a%2e', 'a?b', 'a*', 'x'.repeat(201), `${'x/'.repeat(512)}x`],
      ];
      for (const key of odd) {
        const message = /^object store: the key is .*; allowed: .*; fix: /s;
        const content = Readable.from(['x']);
        await expect(store.put(key, content, { type: 'image/png' }), key).rejects.toThrow(message);
        expect(content.destroyed).toBe(true);
        await expect(store.get(key), key).rejects.toThrow(message);
        await expect(store.head(key), key).rejects.toThrow(message);
        await expect(store.delete('fine', key), key).rejects.toThrow(message);
      }
      for (const prefix of ['/', '../', 'a//', 'a/../', 'a b']) {
        await expect(keysOf(store, prefix), prefix).rejects.toThrow(/^object store: the prefix is /);
      }
      for (const type of ['', 'png', 'image/', 'image/png\r\nx: y', `image/${'x'.repeat(200)}`]) {
        await expect(store.put('a', Readable.from(['x']), { type }), type).rejects.toThrow(/the media type is /);
      }
      for (const range of [
        { start: -1, end: 2 },
        { start: 2, end: 1 },
        { start: 0.5, end: 1 },
        { start: 0, end: Number.NaN },
      ]) {
        await expect(store.get('a', range)).rejects.toThrow(/the range is /);
      }
      // Nothing of it reached the store, which is why the place may be empty of everything.
      expect(await keysOf(store, '')).toEqual([]);
      expect(await place.unfinished()).toBe(0);
    });

    test('a store that is away is said to be so, and needs no new start', { timeout: 60_000 }, async () => {
      await using opened = await open();
      const { store, place, registry, lines } = opened;
      await put(store, 'a', 'x');
      await store.check(AbortSignal.timeout(2_000));
      await place.stop();
      const commands: [string, () => Promise<unknown>][] = [
        ['put', () => put(store, 'a', 'y')],
        ['get', () => store.get('a')],
        ['get', () => store.get('none')],
        ['head', () => store.head('none')],
        ['delete', () => store.delete('a')],
        ['delete', () => store.delete('a', 'none')],
        ['list', () => keysOf(store, '')],
        ['sweep', () => store.sweepUnfinished(0)],
        ['check', () => store.check(AbortSignal.timeout(10_000))],
      ];
      const errors: unknown[] = [];
      for (const [command, run] of commands) {
        const start = performance.now();
        const error = await run().catch((caught: unknown) => caught);
        expect(error, command).toMatchObject(unavailable);
        expect(performance.now() - start, command).toBeLessThan(6_000);
        errors.push(error);
      }
      await place.start();
      await store.check(AbortSignal.timeout(10_000));
      expect(await read(store, 'a')).toMatchObject({ text: 'x' });
      await put(store, 'a', 'y');
      expect(await read(store, 'a')).toMatchObject({ text: 'y' });
      expect(await keysOf(store, '')).toEqual(['a']);
      const metrics = await registry.metrics();
      for (const [command, ok, error] of [
        ['put', 2, 1],
        ['get', 2, 2],
        ['head', 0, 1],
        ['delete', 0, 2],
        ['list', 1, 1],
      ] as const) {
        for (const [outcome, count] of [
          ['ok', ok],
          ['error', error],
        ] as const) {
          const series = `object_store_command_duration_seconds_count{service="media",command="${command}",outcome="${outcome}"}`;
          expect(metrics.split('\n').filter((line) => line.startsWith(series))).toEqual([`${series} ${count}`]);
        }
      }
      // One line for the outage, not one for each request; and why it is away is for us alone.
      expect(lines.of('object store unavailable')).toEqual([
        expect.objectContaining({ reason: expect.stringMatching(/^E[A-Z]+$/) }),
      ]);
      expect(lines.of('object store available again')).toHaveLength(1);
      for (const error of errors) {
        expect(error).toHaveProperty('message', 'The object store is away; try again later');
      }
      const { secretAccessKey, accessKeyId } = place;
      const told = `${lines.text}${errors.map((each) => `${(each as Error).stack}${JSON.stringify(each)}`)}`;
      if (secretAccessKey && accessKeyId) {
        expect(told).not.toContain(secretAccessKey);
        expect(told).not.toContain(accessKeyId);
      }
    });

    test('what the caller breaks is no error of the store', async () => {
      await using opened = await open();
      const { store, registry, lines } = opened;
      const signal = AbortSignal.abort(new Error('never mind'));
      // As an upload does whose client is gone, or a file that cannot be read.
      const gone = Object.assign(new Error('gone'), { code: 'ECONNRESET', syscall: 'read' });
      const content = new PassThrough();
      setTimeout(() => content.destroy(gone), 50);
      await expect(store.put('a', content, { type: 'image/png' })).rejects.toBe(gone);
      await expect(store.put('a', Readable.from(['x']), { type: 'image/png', signal })).rejects.toThrow();
      await put(store, 'a', 'x');
      await expect(store.get('a', { start: 5, end: 6 })).rejects.toMatchObject({ statusCode: 416 });
      expect(await registry.metrics()).not.toMatch(/outcome="error"\} [1-9]/);
      expect(lines.of('object store unavailable')).toEqual([]);
    });

    test('content of a get that breaks off is an error, never a short end', async () => {
      await using opened = await open();
      const { store, place } = opened;
      await store.put('big', blocks(30 * mebi), { type: 'video/mp4' });
      const part = await store.get('big');
      let got = 0;
      const reading = (async () => {
        for await (const chunk of part?.content ?? []) {
          if (got === 0) await place.breakGet('big');
          got += chunk.length;
        }
      })();
      await expect(reading).rejects.toThrow();
      expect(got).toBeGreaterThan(0);
      expect(got).toBeLessThan(30 * mebi);
    });

    test('a get that nobody reads on lets go of what it holds', async ({ skip }) => {
      await using opened = await open();
      const { store, place } = opened;
      if (!place.open) skip('this system does not tell which files are open');
      await store.put('big', blocks(30 * mebi), { type: 'video/mp4' });
      const parts = await Promise.all(Array.from({ length: 5 }, () => store.get('big')));
      const held = place.open?.() ?? 0;
      expect(held).toBeGreaterThanOrEqual(5);
      for (const part of parts) part?.content.destroy();
      await expect.poll(() => place.open?.(), { timeout: 5_000 }).toBe(held - 5);
      expect(await store.head('big')).toMatchObject({ bytes: 30 * mebi });
    });
  });
}

function put(store: OpenObjectStore, key: string, content: string): Promise<{ bytes: number }> {
  return store.put(key, Readable.from([content]), { type: 'text/plain' });
}

async function read(store: OpenObjectStore, key: string, range?: { start: number; end: number }) {
  const part = await store.get(key, range);
  return part && { text: await text(part.content), bytes: part.bytes, type: part.type };
}

async function keysOf(store: OpenObjectStore, prefix: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
}

async function expectOnlyOld(store: OpenObjectStore, place: ObjectStorePlace): Promise<void> {
  expect(await keysOf(store, '')).toEqual(['old']);
  expect(await read(store, 'old')).toEqual({ text: 'as it was', bytes: 9, type: 'text/plain' });
  expect(await place.unfinished()).toBe(0);
}

/** Content of this length, each block of it another. @param passing is told of each block */
function blocks(bytes: number, passing?: (block: Buffer) => void): Readable {
  return Readable.from(
    (async function* () {
      for (let at = 0; at < bytes; at += 65_536) {
        const block = Buffer.alloc(Math.min(65_536, bytes - at), `${at}.`);
        passing?.(block);
        yield block;
      }
    })(),
    { objectMode: false },
  );
}

/** Until the store has read on, or reads no more. */
async function drained(content: PassThrough): Promise<void> {
  const over = new AbortController();
  await Promise.race([
    new Promise((resolve) => content.once('drain', resolve)),
    sleep(1_000, undefined, { signal: over.signal }),
  ]);
  over.abort();
}

/** How much more memory this process has at most while content passes through it, without what nobody refers to any more, in bytes. */
class MemoryProbe {
  /** After how many bytes it looks: a collection takes its time, and by a timer it could take all. */
  static readonly #interval = 16 * mebi;
  readonly #collect: () => void;
  readonly #before: NodeJS.MemoryUsage;
  #sinceLast = 0;
  buffers = 0;
  resident = 0;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
    this.#collect();
    this.#before = process.memoryUsage();
  }

  passed(bytes: number): void {
    this.#sinceLast += bytes;
    if (this.#sinceLast < MemoryProbe.#interval) return;
    this.#sinceLast = 0;
    // Buffers are let go of after a collection, and at the latest by the next.
    this.#collect();
    this.#collect();
    const { arrayBuffers, rss } = process.memoryUsage();
    this.buffers = Math.max(this.buffers, arrayBuffers - this.#before.arrayBuffers);
    this.resident = Math.max(this.resident, rss - this.#before.rss);
  }

  toString(): string {
    return `${Math.round(this.buffers / mebi)} MiB of buffers and ${Math.round(this.resident / mebi)} MiB resident`;
  }
}
