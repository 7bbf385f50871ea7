import { z } from 'zod';
import birdImage, { missingBirdPicture } from '../bird-image/contract.ts';
import { defineApp, type Finding, remember } from '../kit/index.ts';
import service from './service.ts';

/** A bird as the bird API tells it; what else it tells is of no use here. */
const bird = z.object({ name: z.string().trim().min(1).max(100), description: z.string().trim().min(1) });
type Bird = z.output<typeof bird>;

const missingBird: Bird = {
  name: 'Missing bird',
  description: 'All birds are out at the moment. Please look again in a while.',
};

/** More birds than the list has. */
const rememberedPictures = 500;

export default defineApp(service, async ({ cache, config, log, metrics, outside, client }) => {
  const images = client(birdImage);
  const findBirds = remember(async () => birdsIn(await outside.birds.get('/birds', { schema: z.array(z.unknown()) })), {
    counts: cache('birds'),
    ttl: config.BIRD_CACHE_TTL,
    failureTtl: config.FAILURE_TTL,
    max: 1,
  });

  const pictureOf = remember(
    async (name) => {
      try {
        return { value: (await images.findImage({ query: { birdName: name } })).image };
      } catch (error) {
        log.warn({ err: error }, 'no picture from bird-image');
        throw error;
      }
    },
    // No longer than a failure: bird-image gives the "missing bird" while the photo API is away, and remembers real pictures itself.
    { counts: cache('pictures'), ttl: config.FAILURE_TTL, failureTtl: config.FAILURE_TTL, max: rememberedPictures },
  );

  return {
    randomBird: async () => {
      const birds = await findBirds('');
      if (birds.value === undefined) {
        metrics.birdFallbacks.inc({ reason: birds.reason });
        return { ...missingBird, image: missingBirdPicture };
      }
      const { name, description } = birds.value[Math.floor(Math.random() * birds.value.length)] ?? missingBird;
      const picture = await pictureOf(name);
      if (picture.value === undefined) metrics.imageFallbacks.inc({ reason: picture.reason });
      return { name, description, image: picture.value ?? missingBirdPicture };
    },
  };
});

/** The birds of a list; its broken entries are left out, as one of them must not hide all the others. */
function birdsIn(entries: readonly unknown[]): Finding<readonly Bird[], 'empty' | 'invalid'> {
  if (entries.length === 0) return { reason: 'empty' };
  const birds = entries.flatMap((entry) => bird.safeParse(entry).data ?? []);
  return birds.length > 0 ? { value: birds } : { reason: 'invalid' };
}
