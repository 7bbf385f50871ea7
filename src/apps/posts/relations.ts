import { LRUCache } from 'lru-cache';
import { type Duration, toMilliseconds } from '../../model/index.ts';
import { type CacheCounts, type Client, ClientError, HttpError, remember } from '../kit/index.ts';
import type users from '../users/contract.ts';

/** How long an answer is still used while users does not give another. */
const lastKnownFor = '10m';
/** How long users is left alone after it did not answer: an outage must not cost each request a time-out. */
const failureTtl = '1s';
/** The most people in all remembered lists together: some 20 MB. */
const rememberedPeople = 250_000;
/** The most pairs of people of whom it is remembered whether a block parts them: some 20 MB. */
const rememberedPairs = 100_000;

/** What is known of who follows and blocks whom. */
export interface Relations {
  /** Whom an account follows: never somebody from whom a block parts it. @throws HttpError 503 `people-unavailable` if nothing is known of them */
  followed(account: string): Promise<readonly string[]>;
  /**
   * Those of some people from whom a block parts an account, whoever of the two blocked. All of them are asked about by name, as those who block an account
   * may be any number.
   *
   * @param people up to 100
   * @throws HttpError 503 `people-unavailable` if nothing is known of one of them
   */
  parted(account: string, people: Iterable<string>): Promise<ReadonlySet<string>>;
}

/** @param props.ttl how long an answer is remembered
 * @param props.cache counts what is remembered, by name */
export function createRelations(props: {
  readonly users: Pick<Client<typeof users>, 'followed' | 'parted'>;
  readonly ttl: Duration;
  readonly cache: (name: string) => CacheCounts;
}): Relations {
  const find = remember<readonly string[]>(
    async (id) => ({ value: (await props.users.followed({ params: { id } })).items }),
    {
      counts: props.cache('followed'),
      ttl: props.ttl,
      failureTtl,
      lastKnownFor,
      max: rememberedPeople,
      weigh: ({ length }) => 1 + length,
    },
  );
  return {
    async followed(account) {
      const { value } = await find(account);
      if (value) return value;
      throw peopleUnavailable();
    },
    parted: createFindParted({ ...props, counts: props.cache('parted') }),
  };
}

function createFindParted(props: {
  readonly users: Pick<Client<typeof users>, 'parted'>;
  readonly ttl: Duration;
  readonly counts: CacheCounts;
}): Relations['parted'] {
  const ttl = toMilliseconds(props.ttl);
  const pause = toMilliseconds(failureTtl);
  const known = new LRUCache<string, { readonly isParted: boolean; readonly until: number }>({
    max: rememberedPairs,
    ttl: toMilliseconds(lastKnownFor),
  });
  const keyOf = (account: string, other: string) => `${account} ${other}`;
  let askAgainAt = Number.NEGATIVE_INFINITY;

  /** Remembers what users says, if it says anything. */
  const ask = async (account: string, ids: string[]) => {
    if (performance.now() < askAgainAt) return;
    try {
      const { items } = await props.users.parted({ params: { id: account }, query: { ids } });
      const parted = new Set(items);
      const until = performance.now() + ttl;
      for (const id of ids) known.set(keyOf(account, id), { isParted: parted.has(id), until });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      askAgainAt = performance.now() + pause;
    }
  };

  return async (account, people) => {
    const others = [...new Set(people)].filter((id) => id !== account);
    const now = performance.now();
    const unknown = others.filter((id) => now >= (known.get(keyOf(account, id))?.until ?? 0));
    props.counts.hit(others.length - unknown.length);
    props.counts.miss(unknown.length);
    if (unknown.length > 0) await ask(account, unknown);
    return new Set(
      others.filter((id) => {
        const found = known.get(keyOf(account, id));
        if (!found) throw peopleUnavailable();
        return found.isParted;
      }),
    );
  };
}

function peopleUnavailable(): HttpError {
  return new HttpError(503, 'people-unavailable', 'Who follows whom is not known at the moment; try again later', {
    retryAfter: 2,
  });
}
