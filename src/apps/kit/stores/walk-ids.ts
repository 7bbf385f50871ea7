import type { Queries } from './queries.ts';
import type { Statement } from './sql.ts';

/** Where a walk over UUIDs starts: no account and no file has it. */
export const beforeAllUuids = '00000000-0000-0000-0000-000000000000';

/**
 * All ids of a list, of which one page is read at a time.
 *
 * @param page the ids after `$1`, in their order, as many as a page has
 * @param start an id before the first, such as `beforeAllUuids`
 */
export async function* walkIds(
  queries: Pick<Queries, 'all'>,
  page: Statement<{ readonly id: string }>,
  start: string,
): AsyncGenerator<string> {
  for (let last: string | undefined = start; last !== undefined; ) {
    const ids: string[] = (await queries.all(page, last)).map(({ id }) => id);
    yield* ids;
    last = ids.at(-1);
  }
}
