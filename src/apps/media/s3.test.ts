import { request as httpRequest } from 'node:http';
import { expect, test, vi } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { s3Place } from '../kit/testing/object-store-places.ts';
import { picture, video } from './testing/contents.ts';
import { mediaWorld } from './testing/media-world.ts';

vi.setConfig({ testTimeout: 60_000 });

const mebi = 1024 * 1024;

test('a picture and a video are kept in S3, read in parts and deleted', async () => {
  await using world = await mediaWorld(s3Place);
  const media = await world.start({ SWEEP_EVERY: '10ms' });
  const { headers } = await world.account();
  const contents = [await picture('jpeg'), video('mp4', 12 * mebi)];
  for (const content of contents) {
    const uploaded = await media.upload(content, headers);
    expect(uploaded.statusCode).toBe(201);
    const url = `/media/${uploaded.json().id}`;
    expect((await media.server.inject(url)).rawPayload.equals(content)).toBe(true);
    const part = await media.server.inject({ url, headers: { range: 'bytes=-1000' } });
    expect([part.statusCode, part.rawPayload.equals(content.subarray(-1000))]).toEqual([206, true]);
    expect((await media.server.inject({ method: 'DELETE', url, headers })).statusCode).toBe(204);
  }
  await media.listen();
  await eventually(async () => expect(await world.objects()).toEqual([]));
});

test('of half a video nothing stays in S3', async () => {
  await using world = await mediaWorld(s3Place);
  const media = await world.start();
  await media.listen();
  const { headers } = await world.account();
  const sent = httpRequest(`${media.url}/media`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'video/mp4', 'content-length': 60 * mebi },
  });
  sent.on('error', () => {});
  sent.write(video('mp4', 20 * mebi));
  await eventually(async () => expect(await world.place.unfinished()).toBe(1));
  sent.destroy();
  await eventually(async () => expect(await world.place.unfinished()).toBe(0));
  await eventually(async () => expect(await world.rows('select id from files')).toEqual([]));
  expect(await world.objects()).toEqual([]);
});

test('while S3 is away files are refused for the time being, and come again without a restart', async () => {
  await using world = await mediaWorld(s3Place);
  const media = await world.start();
  const { headers } = await world.account();
  const content = await picture('png');
  const { id } = (await media.upload(content, headers)).json();
  await world.place.stop();
  const down = await Promise.all([media.upload(content, headers), media.server.inject(`/media/${id}`)]);
  for (const { statusCode, json } of down) expect([statusCode, json().code]).toEqual([503, 'store-unavailable']);
  // What needs no object goes on.
  expect((await media.server.inject(`/internal/files?ids=${id}`)).json().items).toHaveLength(1);
  expect((await media.server.inject({ method: 'HEAD', url: `/media/${id}` })).statusCode).toBe(200);
  await world.place.start();
  expect((await media.server.inject(`/media/${id}`)).rawPayload.equals(content)).toBe(true);
  expect((await media.upload(content, headers)).statusCode).toBe(201);
});
