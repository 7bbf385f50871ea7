import type { Migration } from '../kit/index.ts';

/** What a save breaks whose handle somebody else has. */
export const handleConstraint = 'profiles_handle_key';

export const migrations: readonly Migration[] = [
  {
    name: '001-profiles',
    up: `
create table profiles (
  account_id uuid constraint profiles_pkey primary key,
  -- In the collation "C" the one index that keeps it unique also finds and sorts by a prefix, whatever the database's language is.
  handle text collate "C" constraint ${handleConstraint} unique,
  name text not null default '',
  bio text not null default '',
  avatar uuid,
  followers int not null default 0 constraint profiles_followers_check check (followers >= 0),
  following int not null default 0 constraint profiles_following_check check (following >= 0),
  created_at timestamptz not null default clock_timestamp(),
  -- The row of a deleted account stays, empty: no token that is still valid can write its profile again.
  removed_at timestamptz,
  -- Since then nobody follows or blocks it any more.
  swept_at timestamptz,
  constraint profiles_handle_form_check check (handle ~ '^[a-z0-9][a-z0-9._]{1,28}[a-z0-9]$'),
  constraint profiles_name_check check (char_length(name) <= 60 and (name <> '') = (removed_at is null)),
  constraint profiles_bio_check check (char_length(bio) <= 300),
  constraint profiles_removed_check check (
    case when removed_at is null then handle is not null and swept_at is null
    else handle is null and bio = '' and avatar is null end
  ),
  constraint profiles_swept_check check (swept_at is null or (followers = 0 and following = 0))
);
create index profiles_unswept_idx on profiles (removed_at) where removed_at is not null and swept_at is null;

create table follows (
  id bigint generated always as identity constraint follows_id_key unique,
  follower_id uuid not null constraint follows_follower_id_fkey references profiles (account_id),
  followed_id uuid not null constraint follows_followed_id_fkey references profiles (account_id),
  created_at timestamptz not null default clock_timestamp(),
  constraint follows_pkey primary key (follower_id, followed_id),
  constraint follows_self_check check (follower_id <> followed_id)
);
create index follows_follower_id_id_idx on follows (follower_id, id);
create index follows_followed_id_id_idx on follows (followed_id, id);

create table blocks (
  id bigint generated always as identity constraint blocks_id_key unique,
  blocker_id uuid not null constraint blocks_blocker_id_fkey references profiles (account_id),
  blocked_id uuid not null constraint blocks_blocked_id_fkey references profiles (account_id),
  created_at timestamptz not null default clock_timestamp(),
  constraint blocks_pkey primary key (blocker_id, blocked_id),
  constraint blocks_self_check check (blocker_id <> blocked_id)
);
create index blocks_blocker_id_id_idx on blocks (blocker_id, id);
create index blocks_blocked_id_idx on blocks (blocked_id, blocker_id);
`,
  },
  {
    name: '002-unswept-by-account',
    up: `
create index profiles_unswept_account_id_idx on profiles (account_id) where removed_at is not null and swept_at is null;
drop index profiles_unswept_idx;
`,
  },
];
