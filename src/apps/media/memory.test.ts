import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, get, request as httpRequest, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { quantityValue } from '../../model/index.ts';
import { startChild } from '../kit/testing/child.ts';
import { eventually } from '../kit/testing/eventually.ts';
import { freePort } from '../kit/testing/free-port.ts';
import { s3Place } from '../kit/testing/object-store-places.ts';
import service from './service.ts';
import { video } from './testing/contents.ts';
import { type MediaWorld, mediaWorld } from './testing/media-world.ts';

vi.setConfig({ testTimeout: 60_000 });

const mebi = 1024 * 1024;

/** The service as a process of its own, whose memory is that of nothing else. */
async function startMedia(world: MediaWorld) {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const ports = { HTTP_HOST: '127.0.0.1', HTTP_PORT: String(port), METRICS_PORT: String(metricsPort) };
  const child = startChild('media/main.ts', { ...world.env, ...ports });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  const memory = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  };
  return {
    url,
    /** The most memory that it has while something is done, in bytes. */
    async most(until: Promise<unknown>): Promise<number> {
      const over = { is: false };
      const end = () => {
        over.is = true;
      };
      until.then(end, end);
      let most = 0;
      while (!over.is) {
        most = Math.max(most, await memory());
        await sleep(20);
      }
      await until;
      return Math.max(most, await memory());
    },
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

test('a video of 110 MiB takes hardly more memory than one of 30 MiB, up or down', async () => {
  await using world = await mediaWorld();
  await using media = await startMedia(world);
  const { headers } = await world.account();
  const passThrough = async (mebis: number) => {
    const sentHash = createHash('sha256');
    const type = { 'content-type': 'video/mp4' };
    const sent = httpRequest(`${media.url}/media`, { method: 'POST', headers: { ...headers, ...type } });
    const answered = once(sent, 'response');
    for (let at = 0; at < mebis; at++) {
      const part = at === 0 ? video('mp4', mebi) : Buffer.alloc(mebi, `part ${at}`);
      sentHash.update(part);
      if (!sent.write(part)) await once(sent, 'drain');
    }
    sent.end();
    const [response] = await answered;
    const item = JSON.parse((await response.toArray()).join(''));
    expect([response.statusCode, item.bytes]).toEqual([201, mebis * mebi]);
    const hash = createHash('sha256');
    const [download] = await once(get(`${media.url}/media/${item.id}`), 'response');
    for await (const chunk of download) hash.update(chunk);
    expect(hash.digest('hex')).toBe(sentHash.digest('hex'));
  };
  // What the code takes, and the buffers that wait for the garbage collector.
  const small = await media.most(passThrough(30));
  const large = await media.most(passThrough(110));
  expect(small).toBeGreaterThan(0);
  // Of what the second is larger by, a copy would be 80 MiB.
  expect((large - small) / mebi).toBeLessThan(60);
});

test('of 30 videos at once those are refused that memory has no room for beside the largest picture', async () => {
  await using world = await mediaWorld(s3Place);
  await using media = await startMedia(world);
  const content = video('mp4', 16 * mebi);
  const all = Array.from({ length: 30 }, async () => {
    const { headers } = await world.account();
    const sent = httpRequest(`${media.url}/media`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'video/mp4', 'content-length': 60 * mebi },
    });
    const upload: { sent: ClientRequest; refusal?: IncomingMessage } = { sent };
    sent.on('error', () => {});
    sent.once('response', (response) => {
      upload.refusal = response;
    });
    sent.write(content.subarray(0, 8_192));
    return upload;
  });
  const uploads = await Promise.all(all);
  const refusals = () => uploads.flatMap(({ refusal }) => refusal ?? []);
  const rows = () => world.rows('select state from files');
  await eventually(async () => expect(refusals().length + (await rows()).length).toBe(30));
  // As much as the parts are that are on their way, and then no more.
  for (const { sent, refusal } of uploads) if (!refusal) sent.write(content.subarray(8_192));
  const most = await media.most(eventually(async () => expect(await world.place.unfinished()).toBe(8)));
  expect(refusals()).toHaveLength(22);
  for (const response of refusals()) {
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5']);
    expect(await json(response)).toMatchObject({ code: 'overloaded' });
  }
  const largestPicture = 400_000_000;
  expect(most + largestPicture).toBeLessThan(quantityValue(service.resources.memoryLimit));
  for (const { sent } of uploads) sent.destroy();
  await eventually(async () => expect(await world.place.unfinished()).toBe(0));
  await eventually(async () => expect(await rows()).toEqual([]));
});
