import { expect, test } from 'vitest';
import { mediaWorld, picture } from '../../../test/media-app.ts';

test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('keeps a picture in %s', async (format) => {
  await using world = await mediaWorld();
  const media = await world.start();
  const { headers } = await world.account();
  const content = await picture(format, { width: 1600, height: 1200 });
  const answer = await media.upload(content, headers, 'image/x-whatever');
  expect([answer.statusCode, answer.json()]).toEqual([
    201,
    {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: `image/${format}`,
      bytes: content.length,
      width: 1600,
      height: 1200,
      createdAt: expect.stringMatching(/Z$/),
    },
  ]);
  const { id } = answer.json();
  const got = await media.server.inject(`/media/${id}`);
  expect([got.statusCode, got.headers['content-type']]).toEqual([200, `image/${format}`]);
  expect(got.rawPayload.equals(content)).toBe(true);
});
