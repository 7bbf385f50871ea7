import type { Locator, Page } from 'playwright-core';
import { newPerson, type Visitor } from './visitor.ts';

/** A view of the page, to be looked at. */
export interface View {
  /** As its picture is called. */
  readonly name: string;
  readonly open: (visitor: Visitor) => Promise<void>;
}

/** Somebody of the demo with posts, followed by whoever of the demo is logged in. */
const friend = { handle: 'freya.nordahl', name: 'Freya Nordahl', post: 'I only went out to get wood.' };

const at = (name: string, path: string, heading: string, content?: (page: Page) => Locator): View => ({
  name,
  open: async (visitor) => {
    await visitor.goTo(path);
    await visitor.sees(heading);
    await content?.(visitor.page).first().waitFor();
  },
});

/** What one sees without being logged in. */
export const viewsOutside: readonly View[] = [
  at('log-in', '/log-in', 'Welcome back'),
  at('sign-up', '/sign-up', 'Create your account'),
  // Whoever comes here has an account, but is nobody yet.
  {
    name: 'choose-profile',
    open: async (visitor) => {
      await visitor.makeAccount(newPerson('Cleo'));
    },
  },
];

/** What one sees who is logged in as the first of the demo. */
export const viewsInside: readonly View[] = [
  at('feed', '/', 'Home', (page) => page.getByRole('article')),
  {
    name: 'search',
    open: async (visitor) => {
      await visitor.goTo('/search?q=n');
      await visitor.page.getByRole('list', { name: 'People' }).getByRole('link').first().waitFor();
    },
  },
  at('profile', `/people/${friend.handle}`, friend.name, (page) =>
    page.getByRole('list', { name: 'Posts' }).getByRole('link'),
  ),
  {
    name: 'profile-followers',
    open: async (visitor) => {
      await visitor.goTo(`/people/${friend.handle}`);
      await visitor.page.getByRole('button', { name: /\d followers/ }).click();
      await visitor.page.getByRole('dialog', { name: 'Followers' }).getByRole('link').first().waitFor();
    },
  },
  {
    name: 'own-profile',
    open: async (visitor) => {
      await visitor.goTo('/');
      await visitor.sees('Home');
      await visitor.openMain('Profile');
      await visitor.page.getByRole('link', { name: 'Edit profile' }).waitFor();
      await visitor.page.getByRole('list', { name: 'Posts' }).getByRole('link').first().waitFor();
    },
  },
  {
    name: 'post',
    open: async (visitor) => {
      await visitor.goTo(`/people/${friend.handle}`);
      await visitor.page.getByRole('list', { name: 'Posts' }).getByRole('link', { name: friend.post }).click();
      await visitor.page.getByRole('list', { name: 'Comments' }).getByRole('listitem').first().waitFor();
    },
  },
  {
    name: 'post-options',
    open: async (visitor) => {
      await visitor.goTo('/');
      await visitor.page.getByRole('button', { name: 'Post options' }).first().click();
      await visitor.page.getByRole('dialog').getByRole('button').first().waitFor();
    },
  },
  at('new-post', '/new', 'New post'),
  at('settings', '/settings', 'Settings', (page) => page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')),
  {
    name: 'nothing',
    open: async (visitor) => {
      await visitor.goTo('/people/nobody.at.all');
      await visitor.page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    },
  },
];

/** Waits until the pictures that can be seen are there, nothing moves and nothing is under way. @throws Error with what did not come in half a minute */
export async function settle({ page }: Visitor): Promise<void> {
  const missing = await page.evaluate(async () => {
    // A browser may never ask for one that is lazy and cannot be seen: beside the window, or cut off by a gallery.
    const canBeSeen = (images: readonly HTMLImageElement[]) =>
      new Promise<readonly Element[]>((resolve) => {
        if (images.length === 0) resolve([]);
        // Its first call tells of all of them.
        const observer = new IntersectionObserver((entries) => {
          observer.disconnect();
          resolve(entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target));
        });
        for (const image of images) observer.observe(image);
      });
    // Chromium lets a request wait up to 20 s for another one of the same address that may fill its cache.
    const end = performance.now() + 30_000;
    let calm = 0;
    for (;;) {
      // Anew each time: a page that is drawn again has others, and those of before never come.
      const images = [...document.images];
      const visible = await canBeSeen(images);
      const awaited = images
        .filter((image) => image.isConnected && (image.loading !== 'lazy' || visible.includes(image)))
        .filter(({ complete }) => !complete);
      const moves = document.getAnimations().some(({ playState }) => playState === 'running');
      const isBusy = document.querySelector('[aria-busy="true"]') !== null;
      calm = awaited.length === 0 && !moves && !isBusy ? calm + 1 : 0;
      // Twice: a list that has come to its end may ask for the next page a moment later.
      if (calm === 2) break;
      if (performance.now() > end)
        return [
          ...awaited.map((image) => {
            const { top, left, width, height } = image.getBoundingClientRect();
            const asked = performance.getEntriesByName(image.currentSrc).length;
            return `${image.currentSrc || image.src} (${image.loading}, ${width} by ${height} px at ${left}, ${top}, answered ${asked} times)`;
          }),
          ...[...document.querySelectorAll('[aria-busy="true"]')].map((busy) => busy.outerHTML.slice(0, 160)),
        ];
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await Promise.all(
      [...document.images].filter(({ complete }) => complete).map((image) => image.decode().catch(() => {})),
    );
    return [];
  });
  if (missing.length > 0) throw new Error(`what did not come: ${missing.join(', ')}`);
}
