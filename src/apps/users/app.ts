import auth, { tokenAudience, tokenIssuer } from '../auth/contract.ts';
import { callerSignal, defineApp, HttpError } from '../kit/index.ts';
import media from '../media/contract.ts';
import { createCheckAvatar } from './avatars.ts';
import { migrations } from './migrations.ts';
import { type Profile, Profiles } from './profiles.ts';
import { Relations } from './relations.ts';
import { Removals } from './removals.ts';
import service from './service.ts';

export default defineApp(
  service,
  async (kit) => {
    const { config, log, metrics, client, database } = kit;
    const accounts = client(auth);
    kit.authenticate({ issuer: tokenIssuer, audience: tokenAudience, keys: () => accounts.publicKeys() });

    const profiles = new Profiles(database);
    const checkAvatar = createCheckAvatar(client(media), log);
    const relations = new Relations({
      database,
      profiles,
      mostFollowed: config.MOST_FOLLOWED,
      onChange: (change) => metrics.follows.inc({ change }),
    });
    const removals = new Removals(database, () => metrics.accountsRemoved.inc());
    kit.follow({
      name: 'deleted-accounts',
      every: config.DELETIONS_EVERY,
      read: async (after) => (await accounts.deletedAccounts({ query: { after } })).items,
      apply: (tx, { id }) => removals.removeProfile(tx, id),
    });
    kit.every('sweep-follows', config.DELETIONS_EVERY, (signal) => removals.sweep(signal));

    const profileOf = async (account: string): Promise<Profile> => {
      const own = await profiles.byId(account, account);
      if (!own) throw new HttpError(404, 'profile-missing', 'There is no profile yet; make one by PUT /users/me');
      return own;
    };

    return {
      search: ({ user, query }) => profiles.search(user.id, query.prefix, query),
      me: ({ user }) => profileOf(user.id),
      saveMe: async ({ user, body }, reply) => {
        const { avatar } = body;
        // With media away everything but the avatar can still be changed.
        if (avatar !== null && avatar !== (await profiles.avatarOf(user.id))) {
          await checkAvatar(user.id, avatar, callerSignal(reply));
        }
        await profiles.save(user.id, body);
        return profileOf(user.id);
      },
      blocks: ({ user, query }) => relations.blocked(user.id, query),
      profile: ({ user, params }) => profiles.byHandle(user.id, params.handle),
      follow: ({ user, params }) => relations.follow(user.id, params.handle),
      unfollow: ({ user, params }) => relations.unfollow(user.id, params.handle),
      followers: ({ user, params, query }) => relations.followers(user.id, params.handle, query),
      following: ({ user, params, query }) => relations.following(user.id, params.handle, query),
      block: async ({ user, params }) => {
        await relations.block(user.id, params.handle);
        return undefined;
      },
      unblock: async ({ user, params }) => {
        await relations.unblock(user.id, params.handle);
        return undefined;
      },
      findPeople: async ({ query }) => ({ items: await profiles.find(query.ids) }),
      followed: async ({ params }) => ({ items: await relations.followed(params.id) }),
      parted: async ({ params, query }) => ({ items: await relations.parted(params.id, query.ids) }),
    };
  },
  { migrations },
);
