import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import activator from '../../src/apps/activator/app.ts';
import bird from '../../src/apps/bird/app.ts';
import birdImage from '../../src/apps/bird-image/app.ts';
import { type App, type BuiltApp, buildApp } from '../../src/apps/kit/index.ts';
import { eventually } from '../../src/apps/kit/testing/eventually.ts';
import { LogLines } from '../../src/apps/kit/testing/log-lines.ts';
import { json, nowhere, stubServer } from '../../src/apps/kit/testing/stub-server.ts';
import { activator as beside, coldStartVariable, exposedRoutes, sleepersText } from '../../src/model/index.ts';
import { runInsta } from '../insta/running.ts';
import { tour } from '../insta/tour.ts';
import { type Series, scraped } from './series.ts';

type Scrapes = Readonly<Record<string, readonly Series[]>>;

/** What all our programs tell Prometheus as soon as they run, and once they were used: by the name of the program. */
export interface UsedApps {
  readonly atStart: Scrapes;
  readonly used: Scrapes;
}

/** Runs every app with others for what it calls: some answer, some fail, some are not there. */
export async function useApps(): Promise<UsedApps> {
  await using stack = new AsyncDisposableStack();
  // Whoever calls it says how many wait for it, where an environment lets it sleep.
  const insta = stack.use(await runInsta({ [coldStartVariable('media')]: '30s' }));
  const birds = stack.use(await stubServer((_, response) => json(response, [{ name: 'Owl', description: 'White.' }])));
  const photos = stack.use(await stubServer((_, response) => json(response, {}, 500)));
  const built = async (app: unknown, env: Record<string, string>): Promise<BuiltApp> => {
    const running = await buildApp(app as App, { env, logTo: new LogLines() });
    stack.defer(() => running.close());
    return running;
  };
  const image = await built(birdImage, { PHOTOS_URL: photos.url, PHOTOS_ACCESS_KEY: 'a key' });
  await image.server.listen({ host: '127.0.0.1', port: 0 });
  const imageUrl = `http://127.0.0.1:${(image.server.server.address() as AddressInfo).port}`;
  const apps = [
    ...insta.apps,
    image,
    await built(bird, { BIRDS_URL: birds.url, BIRD_IMAGE_URL: imageUrl }),
    await built(activator, {
      [beside.variable]: sleepersText([{ name: 'media', readyUrl: await nowhere(), coldStart: '30s' }]),
    }),
  ];
  const atStart = await scrapesOf(apps);
  await askAll(apps);
  // So many at once held the event loop up, which is shed like a load until the next look at it.
  await eventually(async () => expect((await askOne(apps)).filter((status) => status === 503)).toEqual([]), {
    interval: 500,
  });
  await tour(insta.caller);
  return { atStart, used: await scrapesOf(apps) };
}

/** Asks each exposed route once, mostly for what is not there. */
async function askAll(apps: readonly BuiltApp[]): Promise<void> {
  for (const { service, server } of apps)
    for (const { method, path } of exposedRoutes(service.contract)) await server.inject({ method, url: path });
}

/** @returns the statuses of one route of each */
async function askOne(apps: readonly BuiltApp[]): Promise<number[]> {
  const answers = apps.flatMap(({ service, server }) =>
    exposedRoutes(service.contract)
      .slice(0, 1)
      .map(({ method, path }) => server.inject({ method, url: path })),
  );
  return (await Promise.all(answers)).map(({ statusCode }) => statusCode);
}

async function scrapesOf(apps: readonly BuiltApp[]): Promise<Scrapes> {
  const scrapes = apps.map(async ({ service, metricsServer }) => {
    const { body } = await metricsServer.inject('/metrics');
    return [service.name, scraped(body)] as const;
  });
  return Object.fromEntries(await Promise.all(scrapes));
}
