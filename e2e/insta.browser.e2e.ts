import type { Browser } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { gatewayName } from '../src/charts/identity.ts';
import insta from '../src/systems/insta.ts';
import { chromiumPath, openChromium } from '../test/browser/chromium.ts';
import { journey } from '../test/browser/journey.ts';
import { newPerson, Visitor } from '../test/browser/visitor.ts';
import { ingressOf } from './ingress.ts';
import { namespace } from './insta-cluster.ts';
import { makeRoomForManyPeople } from './insta-environment.ts';
import { nodeAddress } from './node-address.ts';

const host = 'insta.test';

beforeAll(async () => {
  if (await chromiumPath()) await makeRoomForManyPeople();
});

/** Where a browser finds insta, and what it has to be told for that: nobody's DNS need know the host. */
async function wayBy(name: 'Ingress' | 'NodePort'): Promise<{ url: string; hosts: string }> {
  const nodePort = insta.entrances[0]?.nodePort;
  const { hostname, port } = new URL(
    name === 'Ingress' ? ingressOf(host) : `http://${await nodeAddress(namespace, gatewayName)}:${nodePort}`,
  );
  return {
    url: `http://${host}${port && `:${port}`}`,
    hosts: hostname === host ? '' : `MAP ${host} ${hostname}`,
  };
}

test.concurrent.for(['Ingress', 'NodePort'] as const)(
  'by %s two people meet: from signing up to logging out',
  async (name, context) => {
    const { url, hosts } = await wayBy(name);
    const browser = await openChromium(context, hosts);
    try {
      await journey({ browser, url });
      await staysLoggedIn(browser, url);
    } finally {
      await browser.close();
    }
  },
);

/** In two tabs that refresh at the same time, of a page that no certificate makes safe: there such tabs cannot lock each other out. */
async function staysLoggedIn(browser: Browser, url: string): Promise<void> {
  await using visitor = await Visitor.open({ browser, url });
  await visitor.signUp(newPerson('Cleo'));
  const other = await visitor.context.newPage();
  await other.goto(url);
  const home = (page: typeof other) => page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await home(other);
  for (let round = 0; round < 3; round++) {
    await visitor.outliveAccessToken();
    await Promise.all([visitor.page, other].map((page) => page.reload()));
    await Promise.all([visitor.page, other].map(home));
  }
  expect(visitor.watched.troubles).toEqual([]);
}
