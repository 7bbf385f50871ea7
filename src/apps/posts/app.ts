import auth, { tokenAudience, tokenIssuer } from '../auth/contract.ts';
import { defineApp } from '../kit/index.ts';
import media from '../media/contract.ts';
import users from '../users/contract.ts';
import { createFindAuthors } from './authors.ts';
import { migrations } from './migrations.ts';
import { createPostHandlers } from './post-handlers.ts';
import { createReactionHandlers } from './reaction-handlers.ts';
import { createRelations } from './relations.ts';
import { Removals } from './removals.ts';
import service from './service.ts';
import { Store } from './store.ts';

export default defineApp(
  service,
  async ({ cache, config, metrics, database, client, authenticate, follow, every }) => {
    const accounts = client(auth);
    const people = client(users);
    authenticate({ issuer: tokenIssuer, audience: tokenAudience, keys: () => accounts.publicKeys() });

    const store = new Store(database);
    const removals = new Removals(database, () => metrics.accountsRemoved.inc());
    follow({
      name: 'deleted-accounts',
      every: config.DELETIONS_EVERY,
      read: async (after) => (await accounts.deletedAccounts({ query: { after } })).items,
      apply: (tx, { id }) => removals.markAccount(tx, id),
    });
    every('remove-deleted-accounts', config.DELETIONS_EVERY, (signal) => removals.sweepAccounts(signal));
    every('remove-deleted-posts', config.DELETIONS_EVERY, (signal) => removals.sweepPosts(signal));

    const shared = {
      store,
      findAuthors: createFindAuthors({
        users: people,
        withoutPeople: () => metrics.withoutPeople.inc(),
        counts: cache('authors'),
      }),
      relations: createRelations({ users: people, ttl: config.RELATIONS_TTL, cache }),
    };
    return {
      ...createPostHandlers({ ...shared, media: client(media), metrics }),
      ...createReactionHandlers(shared),
    };
  },
  { migrations },
);
