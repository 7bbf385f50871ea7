import type { Migration } from '../kit/index.ts';

/** The constraint that an address has one account at most. */
export const emailKey = 'accounts_email_key';

/** The tables of accounts, of what is left of deleted ones, and of the keys that sign tokens. */
export const migrations: readonly Migration[] = [
  {
    name: '001-accounts',
    // A password's version rises with each change: sessions that began under an earlier one are over, but for the one that changed it.
    up: `create table accounts (
      id uuid constraint accounts_pkey primary key,
      email text not null constraint ${emailKey} unique,
      password_hash text not null,
      password_version integer not null default 1,
      password_set_by text,
      created_at timestamptz not null default clock_timestamp(),
      constraint accounts_email_form_check check (email = lower(email) and length(email) between 3 and 254),
      constraint accounts_password_hash_check check (password_hash like '$argon2id$%')
    );
    create table deleted_accounts (
      position bigint generated always as identity constraint deleted_accounts_pkey primary key,
      account_id uuid not null constraint deleted_accounts_account_id_key unique,
      deleted_at timestamptz not null default clock_timestamp()
    )`,
  },
  {
    name: '002-signing-keys',
    up: `create table signing_keys (
      kid text constraint signing_keys_pkey primary key,
      public_key jsonb not null,
      private_key bytea not null,
      signs_from timestamptz not null,
      signs_until timestamptz not null,
      constraint signing_keys_time_check check (signs_from < signs_until)
    )`,
  },
];
