import type { Migration } from '../kit/index.ts';

/** What a statement breaks that would write for a deleted account. */
export const noWritesConstraint = 'deleted_accounts_no_writes';

export const migrations: readonly Migration[] = [
  {
    name: '001-posts',
    up: `
create table deleted_accounts (
  account_id uuid constraint deleted_accounts_pkey primary key,
  deleted_at timestamptz not null default now(),
  -- Nothing of it is left since then.
  removed_at timestamptz
);
create index deleted_accounts_left_idx on deleted_accounts (account_id) where removed_at is null;

create function account_lock(account uuid) returns bigint language sql immutable strict as $$
  select hashtextextended(account::text, 0)
$$;

-- Whoever writes for an account shares its lock until the commit; whoever deletes the account has it alone. So each write is either before the deletion,
-- which then finds and removes it, or sees the deletion: each statement of such a function sees what was committed before it started.
create function writing_account(account uuid) returns uuid language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(account_lock(account));
  if exists (select from deleted_accounts where account_id = account) then
    raise exception 'the account is deleted' using errcode = 'check_violation', constraint = '${noWritesConstraint}';
  end if;
  return account;
end
$$;

create sequence posts_id_seq as bigint;

-- Ids rise in the order of the commits: a reader who has seen one will meet no smaller one later. The lock goes with the commit.
create function next_post_id() returns bigint language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock('posts_id_seq'::regclass::oid::int, 0);
  return nextval('posts_id_seq');
end
$$;

create table posts (
  id bigint constraint posts_pkey primary key default next_post_id(),
  author_id uuid not null,
  caption text not null constraint posts_caption_check check (char_length(caption) <= 2200),
  created_at timestamptz not null default clock_timestamp(),
  likes int not null default 0 constraint posts_likes_check check (likes >= 0),
  comments int not null default 0 constraint posts_comments_check check (comments >= 0)
);
create index posts_author_id_id_idx on posts (author_id, id desc);

create table post_media (
  post_id bigint not null constraint post_media_post_id_fkey references posts (id) on delete cascade,
  position smallint not null constraint post_media_position_check check (position between 1 and 10),
  media_id uuid not null,
  type text not null,
  constraint post_media_pkey primary key (post_id, position),
  constraint post_media_media_id_key unique (post_id, media_id)
);

create function check_post_media() returns trigger language plpgsql as $$
begin
  if exists (select from posts where id = new.id) and not exists (select from post_media where post_id = new.id) then
    raise exception 'post % has no media', new.id using errcode = 'check_violation', constraint = 'posts_media_check';
  end if;
  return null;
end
$$;
create constraint trigger posts_media_check after insert on posts
  deferrable initially deferred for each row execute function check_post_media();

create table likes (
  post_id bigint not null constraint likes_post_id_fkey references posts (id) on delete cascade,
  account_id uuid not null,
  constraint likes_pkey primary key (post_id, account_id)
);
create index likes_account_id_idx on likes (account_id, post_id);

create table comments (
  id bigint generated always as identity constraint comments_pkey primary key,
  post_id bigint not null constraint comments_post_id_fkey references posts (id) on delete cascade,
  author_id uuid not null,
  text text not null constraint comments_text_check check (char_length(text) between 1 and 1000),
  created_at timestamptz not null default clock_timestamp()
);
create index comments_post_id_id_idx on comments (post_id, id);
create index comments_author_id_idx on comments (author_id, post_id);
`,
  },
  {
    name: '002-deleted-posts',
    up: `
-- Nobody sees it since then, and what hangs on it is being removed.
alter table posts add column deleted_at timestamptz;
create index posts_deleted_idx on posts (id) where deleted_at is not null;
`,
  },
];
