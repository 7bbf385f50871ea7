import type { Problem } from '../model/index.ts';
import type { OutsideStorePlace } from './placement.ts';
import { portOfUrl } from './port-of-url.ts';

/**
 * A URL at a port that the NetworkPolicy keeps shut. In front of pods is a Service, whose port may be another.
 *
 * @param path where the URL stands
 * @param at what the NetworkPolicy opens
 * @param owner where `at` stands
 */
export function closedPort(path: string, url: string, at: OutsideStorePlace, owner: string): Problem[] {
  if (!('networks' in at) || at.port === portOfUrl(url)) return [];
  return [
    {
      path,
      got: url,
      allowed: `a URL at port ${at.port}, which ${owner}.at opens`,
      fix: 'correct one of the two',
    },
  ];
}
