import { counter, histogram } from '../../model/index.ts';

export default {
  created: counter({ name: 'posts_created_total', help: 'Posts that were made.' }),
  feedLength: histogram({
    name: 'posts_feed_length',
    help: 'Posts on a page of a feed.',
    buckets: [1, 5, 10, 20, 50],
  }),
  withoutPeople: counter({
    name: 'posts_without_people_total',
    help: 'Answers without the names of authors, as the users service did not answer.',
  }),
  accountsRemoved: counter({
    name: 'posts_accounts_removed_total',
    help: 'Deleted accounts whose data was removed here.',
  }),
};
