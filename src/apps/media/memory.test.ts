import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { get, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freePort, startChild } from '../kit/testing/child.ts';
import { video } from './testing/contents.ts';
import { eventually } from './testing/eventually.ts';
import { mediaWorld } from './testing/media-world.ts';

const mebi = 1024 * 1024;

test('a video of 150 MiB takes hardly more memory than one of 50 MiB, up or down', { timeout: 120_000 }, async () => {
  await using world = await mediaWorld();
  const [port, metricsPort] = [await freePort(), await freePort()];
  await using _child = startChild('media/main.ts', {
    ...world.env,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(port),
    METRICS_PORT: String(metricsPort),
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
  const { headers } = await world.account();
  const memory = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  };
  let most = 0;
  const watch = async <T>(until: Promise<T>): Promise<T> => {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    until.then(over, over);
    while (!isOver) {
      most = Math.max(most, await memory());
      await sleep(20);
    }
    return until;
  };
  const upload = async (mebis: number) => {
    const hash = createHash('sha256');
    const sent = httpRequest(`${url}/media`, { method: 'POST', headers: { ...headers, 'content-type': 'video/mp4' } });
    const answered = once(sent, 'response');
    for (let at = 0; at < mebis; at++) {
      const part = at === 0 ? video('mp4', mebi) : Buffer.alloc(mebi, `part ${at}`);
      hash.update(part);
      if (!sent.write(part)) await once(sent, 'drain');
    }
    sent.end();
    const [response] = await answered;
    const item = JSON.parse((await response.toArray()).join(''));
    return { status: response.statusCode, item, sha256: hash.digest('hex') };
  };
  const download = async (id: string) => {
    const hash = createHash('sha256');
    const [response] = await once(get(`${url}/media/${id}`), 'response');
    for await (const chunk of response) hash.update(chunk);
    return hash.digest('hex');
  };
  // What the code takes, and the buffers that wait for the garbage collector.
  const small = await watch(upload(50));
  await watch(download(small.item.id));
  const before = most;
  const large = await watch(upload(150));
  expect([large.status, large.item.bytes]).toEqual([201, 150 * mebi]);
  expect(await watch(download(large.item.id))).toBe(large.sha256);
  expect(before).toBeGreaterThan(0);
  // Of what the second is larger by, a copy would be 100 MiB.
  expect((most - before) / mebi).toBeLessThan(75);
});
