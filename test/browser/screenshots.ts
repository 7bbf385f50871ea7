import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { settle, viewsInside, viewsOutside } from './views.ts';
import { type NewPerson, Visitor } from './visitor.ts';

const folder = fileURLToPath(new URL('screenshots/', import.meta.url));

export interface PicturesProps {
  readonly browser: Browser;
  readonly url: string;
  /** Somebody of the demo. */
  readonly person: Pick<NewPerson, 'email' | 'password'>;
}

/** Takes a picture of each view, narrow and wide, light and dark. @returns the folder that has them, and nothing else */
export async function takePictures({ browser, url, person }: PicturesProps): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      const isPhone = width === 360;
      // As on a phone, scroll bars take no room there.
      const look = {
        viewport: { width, height: isPhone ? 740 : 900 },
        colorScheme,
        isMobile: isPhone,
        hasTouch: isPhone,
      };
      await using visitor = await Visitor.open({ browser, url, look });
      for (const views of [viewsOutside, viewsInside]) {
        if (views === viewsInside) {
          // Whoever chose no profile is logged in, too.
          await visitor.context.clearCookies();
          await visitor.logIn(person);
        }
        for (const { name, open } of views) {
          await open(visitor);
          await settle(visitor);
          await visitor.page.screenshot({ path: `${folder}${name}-${width}-${colorScheme}.png` });
        }
      }
    }
  }
  return folder;
}
