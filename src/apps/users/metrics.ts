import { counter } from '../../model/index.ts';

export default {
  follows: counter({
    name: 'users_follows_total',
    help: 'Changes of who follows whom.',
    labels: { change: ['follow', 'unfollow'] },
  }),
  accountsRemoved: counter({
    name: 'users_accounts_removed_total',
    help: 'Deleted accounts whose data was removed here.',
  }),
};
