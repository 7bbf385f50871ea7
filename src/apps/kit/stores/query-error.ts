import type { DatabaseError } from 'pg';

/** What trying again may get past: two transactions that were in each other's way, or a plan of before a migration, which only a new connection forgets. */
export type Passing = 'conflict' | 'stale-plan';

/**
 * The database refused a statement. It does not carry the error of the driver along: that shows values, such as those of the row that broke a constraint.
 */
export class QueryError extends Error {
  /** The statement's name. */
  readonly statement: string;
  /** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlState: string;
  /** The constraint that it broke, where it broke one that has a name. */
  readonly constraint: string | undefined;
  readonly passing: Passing | undefined;

  constructor(statement: string, { code = 'unknown', message, constraint, column, routine }: DatabaseError) {
    // The messages of class 22 quote the value that is of the wrong form or out of range.
    const what = code.startsWith('22') ? 'a value does not fit' : message;
    super(`statement ${statement} failed: ${what} (${code})${column ? `, column ${column}` : ''}`);
    this.name = 'QueryError';
    this.statement = statement;
    this.sqlState = code;
    this.constraint = constraint;
    if (code === '40P01' || code === '40001') this.passing = 'conflict';
    else if (code === '0A000' && routine === 'RevalidateCachedQuery') this.passing = 'stale-plan';
  }
}

/** The name of the constraint that a statement broke, such as `posts_author_handle_key`; undefined if the error is about something else. */
export function brokenConstraint(error: unknown): string | undefined {
  return error instanceof QueryError && error.sqlState.startsWith('23') ? error.constraint : undefined;
}
