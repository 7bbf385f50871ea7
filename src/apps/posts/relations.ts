import type { Duration } from '../../model/index.ts';
import { type Client, HttpError, remember } from '../kit/index.ts';
import type users from '../users/contract.ts';

/** Whom one account follows, and from whom a block parts it, whoever of the two blocked. */
export interface Relations {
  readonly following: readonly string[];
  readonly blocked: ReadonlySet<string>;
}

/** How long they are still used while users does not answer. */
const lastKnownFor = '10m';
/** How long users is left alone after it did not answer: an outage must not cost each request a time-out. */
const failureTtl = '1s';
/** The most people in all remembered relations together: some 20 MB. */
const rememberedPeople = 250_000;

/** The relations of an account. @throws HttpError 503 `people-unavailable` if nothing is known of them */
export type FindRelations = (account: string) => Promise<Relations>;

/** @param props.ttl how long they are remembered */
export function createFindRelations(props: {
  readonly users: Pick<Client<typeof users>, 'relations'>;
  readonly ttl: Duration;
}): FindRelations {
  const find = remember<Relations>(
    async (id) => {
      const { following, blocked } = await props.users.relations({ params: { id } });
      return { value: { following, blocked: new Set(blocked) } };
    },
    {
      ttl: props.ttl,
      failureTtl,
      lastKnownFor,
      max: rememberedPeople,
      weigh: ({ following, blocked }) => 1 + following.length + blocked.size,
    },
  );
  return async (account) => {
    const { value } = await find(account);
    if (value) return value;
    throw new HttpError(503, 'people-unavailable', 'Who follows whom is not known at the moment; try again later', {
      retryAfter: 2,
    });
  };
}
