import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from './run-command.ts';

/** What a folder of data is known by. */
export const secretsFile = 'secrets.json';

const secretsSchema = z.record(z.string(), z.string());

/** Passwords and keys, made once for each folder of data, in a file that only its owner may read. */
export class Vault {
  readonly #file: string;
  readonly #secrets: Record<string, string>;

  /** Opens that of a folder, which is made where there is none. @throws CommandError if it cannot be read */
  constructor(folder: string) {
    this.#file = join(folder, secretsFile);
    mkdirSync(folder, { recursive: true });
    const isNew = !existsSync(this.#file);
    this.#secrets = isNew ? {} : read(this.#file);
    if (isNew) this.#write();
  }

  /** A value of its own for each name, the same for ever. */
  get(name: string): string {
    const known = this.#secrets[name];
    if (known !== undefined) return known;
    const made = randomBytes(32).toString('base64url');
    this.#secrets[name] = made;
    this.#write();
    return made;
  }

  /** Synchronous, so that no two of them cross, and under another name until it is whole: a password that is lost locks its database for ever. */
  #write(): void {
    const whole = `${this.#file}.new`;
    writeFileSync(whole, `${JSON.stringify(this.#secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(whole, this.#file);
  }
}

function read(file: string): Record<string, string> {
  const fail = (got: string) =>
    new CommandError(
      `${file}: got ${got}; allowed: JSON with a text for each name, as npm run dev writes it; fix: restore it, or clear the data of the system with --reset`,
      1,
    );
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fail(`${(error as NodeJS.ErrnoException).code} when it was read`);
  }
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch {
    // The parser's own words would repeat a part of the file.
    throw fail('something else');
  }
}
