import { createHash } from 'node:crypto';
import { z } from 'zod';

/** SQL with a name, written once and run many times. */
export interface Statement<Row = unknown> {
  /** The label of its duration. */
  readonly name: string;
  /** With `$1`, `$2` and so on where the values go. */
  readonly text: string;
  readonly row: z.ZodType<Row>;
  /** What the server knows it by. Another text has another one. */
  readonly preparedName: string;
}

/** Postgres cuts longer names of prepared statements off at 63, and the hash needs its share. */
const nameForm = /^[a-z][a-zA-Z0-9]{0,49}$/;

/**
 * Makes a statement. Write it at the top of a module, not in a handler: each text is prepared once for each connection and kept.
 *
 * @param name in lowerCamelCase, such as `postById`
 * @param text values go in as `$1`, `$2` and so on, never into the text. Name the columns: after `select *` a migration breaks the version before it
 * @param row what each row must look like. Postgres gives `bigint`, `numeric` and `count(*)` as text: cast to `int` in the SQL, or use `z.coerce`.
 * @default - rows are not looked at
 * @throws Error if the name has another form
 */
export function sql(name: string, text: string): Statement;
export function sql<Row>(name: string, text: string, row: z.ZodType<Row>): Statement<Row>;
export function sql(name: string, text: string, row: z.ZodType = z.unknown()): Statement {
  if (!nameForm.test(name)) {
    throw new Error(
      `the statement's name is ${JSON.stringify(name)}; allowed: lowerCamelCase of at most 50 letters and digits; fix: name it like postById`,
    );
  }
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return { name, text, row, preparedName: `${name}_${hash}` };
}
