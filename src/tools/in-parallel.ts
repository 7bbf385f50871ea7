/** Does the same to each, some at a time, in their order. Once one fails no other is begun. @returns when all that was begun has ended */
export async function inParallel<T>(
  entries: Iterable<T>,
  most: number,
  act: (entry: T) => Promise<void>,
): Promise<void> {
  const iterator = entries[Symbol.iterator]();
  let failed = false;
  const work = async () => {
    for (let next = iterator.next(); !next.done && !failed; next = iterator.next()) {
      try {
        await act(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: most }, work));
  const broken = results.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
}
