import { strict, wholeNumber } from './declaration-error.ts';

/** How often one client address may ask. What comes faster than the burst allows is answered with 429. */
export const rate = strict({
  /** Requests each second, for as long as one likes. */
  perSecond: wholeNumber(1, 100_000),
  /** Requests that may come at once beyond that, such as the pictures of a page. */
  burst: wholeNumber(0, 100_000),
});
