import { HttpError } from './problem.ts';

/** While one of these holds, whatever is tried next would fail as well. */
const storeIsAway = ['database-unavailable', 'store-unavailable'];

/**
 * Does work for one after the other. One that fails keeps no other from its turn: what can never be done would else stop all that stands behind it, for
 * ever.
 *
 * @param signal ends it before the next
 * @throws Error whose cause is the first failure, once all had their turn; but HttpError 503 `database-unavailable` and `store-unavailable` at once
 */
export async function eachAlone<Entry>(
  entries: Iterable<Entry> | AsyncIterable<Entry>,
  signal: AbortSignal,
  work: (entry: Entry) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  let tried = 0;
  for await (const entry of entries) {
    if (signal.aborted) break;
    tried++;
    try {
      await work(entry);
    } catch (error) {
      if (error instanceof HttpError && storeIsAway.includes(error.code)) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${tried} failed; of the first the cause is told`, { cause: first });
}
