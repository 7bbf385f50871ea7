import type { Migration } from '../kit/index.ts';

export const migrations: readonly Migration[] = [
  {
    name: '001-files',
    up: `
      create table files (
        id uuid primary key,
        owner uuid not null,
        state text not null,
        type text not null,
        bytes bigint,
        sha256 text,
        width integer,
        height integer,
        thumbnail_320_bytes integer,
        thumbnail_1080_bytes integer,
        created_at timestamptz not null default now(),
        constraint files_state_check check (state in ('uploading', 'ready', 'deleted')),
        constraint files_bytes_check check (bytes > 0),
        constraint files_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
        constraint files_ready_check check (state <> 'ready' or (bytes is not null and sha256 is not null)),
        constraint files_picture_check check (
          state <> 'ready' or type not like 'image/%' or (
            coalesce(width, 0) > 0 and coalesce(height, 0) > 0
            and coalesce(thumbnail_320_bytes, 0) > 0 and coalesce(thumbnail_1080_bytes, 0) > 0
          )
        )
      );
      create index files_owner_key on files (owner);
      -- What the sweeper looks for: next to nothing of the table.
      create index files_unneeded_key on files (created_at) where state <> 'ready';
      create table deleted_accounts (
        id uuid primary key,
        deleted_at timestamptz not null default now()
      )`,
  },
  {
    name: '002-sweeps',
    up: `
      -- When a sweeper may see to it, where it is not needed: whoever is at it, or could not remove it, puts it off.
      alter table files add column sweep_at timestamptz not null default now();
      create index files_sweep_key on files (sweep_at) where state <> 'ready';
      drop index files_unneeded_key;
      -- It has no file any more since then.
      alter table deleted_accounts add column removed_at timestamptz;
      create index deleted_accounts_left_key on deleted_accounts (id) where removed_at is null`,
  },
];
