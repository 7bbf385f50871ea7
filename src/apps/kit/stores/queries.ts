import type { QueryResult } from 'pg';
import type { Statement } from './sql.ts';

/**
 * Runs statements. Each method throws HttpError 503 if the database is away (`database-unavailable`), has no connection free (`database-busy`) or
 * takes too long (`database-timeout`), and QueryError if it refuses the statement; see `brokenConstraint`.
 */
export interface Queries {
  /** Every row. @throws Error if one does not fit the statement's `row` */
  all<Row>(statement: Statement<Row>, ...values: unknown[]): Promise<Row[]>;
  /** The only row, undefined if there is none. @throws Error if there are more, or it does not fit */
  one<Row>(statement: Statement<Row>, ...values: unknown[]): Promise<Row | undefined>;
  /** How many rows it changed, or gave. */
  run(statement: Statement, ...values: unknown[]): Promise<number>;
}

/** @param send runs one statement */
export function queriesBy(
  send: (statement: Statement, values: readonly unknown[]) => Promise<QueryResult<unknown[] & object>>,
): Queries {
  const all: Queries['all'] = async (statement, ...values) => {
    const { rows } = await send(statement, values);
    return rows.map((row) => fitted(statement, row));
  };
  return {
    all,
    async one(statement, ...values) {
      const rows = await all(statement, ...values);
      if (rows.length > 1) {
        throw new Error(
          `statement ${statement.name} gave ${rows.length} rows; allowed: one at most; fix: narrow its where, or use all`,
        );
      }
      return rows[0];
    },
    async run(statement, ...values) {
      return (await send(statement, values)).rowCount ?? 0;
    },
  };
}

function fitted<Row>({ name, row: schema }: Statement<Row>, row: unknown): Row {
  const result = schema.safeParse(row);
  if (result.success) return result.data;
  // zod says what it expected and of which type it got something else, never the value.
  const mistakes = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the row'}: ${message}`);
  throw new Error(`statement ${name} gave a row that its schema does not allow: ${mistakes.join('; ')}`);
}
