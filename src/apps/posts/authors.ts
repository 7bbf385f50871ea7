import { LRUCache } from 'lru-cache';
import { type CacheCounts, type Client, ClientError } from '../kit/index.ts';
import type users from '../users/contract.ts';

/** Who made a post or a comment, as an answer shows it. */
export interface Author {
  readonly id: string;
  /** Null while it is not known, or without a profile. */
  readonly handle: string | null;
  readonly name: string | null;
  readonly avatar: string | null;
}

/** How long a name is given again, in milliseconds: the same few authors fill most pages. */
const namesFor = 5_000;
const rememberedNames = 20_000;
/** How long users is left alone after it did not answer, in milliseconds: an outage must not cost each answer a time-out. */
const pause = 1_000;

/** Gives an answer its authors. @param ids 1 to 100 different ones, or none */
export type FindAuthors = (ids: readonly string[]) => Promise<(id: string) => Author>;

/** @param props.withoutPeople is called for each answer that lacks names, as users did not answer */
export function createFindAuthors(props: {
  readonly users: Pick<Client<typeof users>, 'findPeople'>;
  readonly withoutPeople: () => void;
  /** Counts, of the names in answers, those that were remembered. */
  readonly counts: CacheCounts;
}): FindAuthors {
  const known = new LRUCache<string, Author>({ max: rememberedNames, ttl: namesFor });
  let askAgainAt = Number.NEGATIVE_INFINITY;

  const ask = async (ids: readonly string[], found: Map<string, Author>) => {
    if (performance.now() < askAgainAt) return props.withoutPeople();
    try {
      const { items } = await props.users.findPeople({ query: { ids: [...ids] } });
      const people = new Map(items.map(({ id, handle, name, avatar }) => [id, { id, handle, name, avatar }]));
      for (const id of ids) {
        const author = people.get(id) ?? nameless(id);
        known.set(id, author);
        found.set(id, author);
      }
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      askAgainAt = performance.now() + pause;
      props.withoutPeople();
    }
  };

  return async (ids) => {
    const found = new Map<string, Author>();
    const missing: string[] = [];
    for (const id of new Set(ids)) {
      const author = known.get(id);
      if (author) found.set(id, author);
      else missing.push(id);
    }
    props.counts.hit(found.size);
    props.counts.miss(missing.length);
    if (missing.length > 0) await ask(missing, found);
    return (id) => found.get(id) ?? nameless(id);
  };
}

function nameless(id: string): Author {
  return { id, handle: null, name: null, avatar: null };
}
