import { z } from 'zod';
import { defineApp, type Finding, remember } from '../kit/index.ts';
import { missingBirdPicture } from './contract.ts';
import service from './service.ts';

/** @see https://unsplash.com/documentation#search-photos */
const photos = z.object({
  results: z.array(z.object({ urls: z.object({ regular: z.url({ protocol: /^https?$/ }) }) })),
});

/** More birds than anybody asks for in an hour. */
const rememberedBirds = 500;

export default defineApp(service, async ({ cache, config, log, metrics, outside }) => {
  const key = config.PHOTOS_ACCESS_KEY;
  if (key === undefined) log.warn('PHOTOS_ACCESS_KEY is not set: every answer is the "missing bird" picture');

  const search = remember(
    async (name): Promise<Finding<string, 'unconfigured' | 'empty'>> => {
      if (key === undefined) return { reason: 'unconfigured' };
      const { results } = await outside.photos.get('/search/photos', {
        query: { query: name, per_page: 1 },
        headers: { authorization: `Client-ID ${key}`, 'accept-version': 'v1' },
        schema: photos,
      });
      const [first] = results;
      return first ? { value: first.urls.regular } : { reason: 'empty' };
    },
    { counts: cache('searches'), ttl: config.IMAGE_CACHE_TTL, failureTtl: config.FAILURE_TTL, max: rememberedBirds },
  );

  return {
    findImage: async ({ query }) => {
      const found = await search(query.birdName.toLowerCase());
      if (found.value === undefined) metrics.fallbacks.inc({ reason: found.reason });
      return { image: found.value ?? missingBirdPicture };
    },
  };
});
