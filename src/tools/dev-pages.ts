import type { System } from '../model/index.ts';
import { buildPage, builtPageOf, hasPage, pageSourceOf } from './build-page.ts';

/** The apps of a system whose page is made of a file, by its path from `src`. */
export function pagesOf(file: string, { services }: System): readonly string[] {
  const [room, app, name] = file.split(/[/\\]/);
  if (room !== 'apps' || app === undefined) return [];
  const withPage = services.map((service) => service.name).filter(hasPage);
  // A page knows of any contract what goes over the wire.
  return name === 'contract.ts' ? withPage : withPage.filter((each) => each === app && name === 'page');
}

/** Builds the pages of apps. A service reads its page anew by itself. @returns whether all could be built; what is wrong with the others is printed */
export async function buildPages(apps: Iterable<string>): Promise<boolean> {
  const built = await Promise.allSettled([...apps].map((app) => buildPage(pageSourceOf(app), builtPageOf(app))));
  const failed = built.flatMap((each) => (each.status === 'rejected' ? [each.reason as object] : []));
  // A mistake in the source esbuild has printed, with its place.
  for (const error of failed) if (!('errors' in error)) console.error(error);
  return failed.length === 0;
}
