import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What argon2id is told to cost. */
export interface HashCost {
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

interface HashParts extends HashCost {
  readonly salt: Buffer;
  readonly key: Buffer;
}

const derive = promisify(argon2);
const saltBytes = 16;
const keyBytes = 32;

const phcForm =
  /^\$argon2id\$v=19\$m=(?<memory>\d+),t=(?<passes>\d+),p=(?<parallelism>\d+)\$(?<salt>[\w+/-]+)\$(?<key>[\w+/-]+)$/;

/**
 * A password's argon2id hash, with all that is needed to check a password against it.
 *
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export class PasswordHash {
  readonly #parts: HashParts;

  private constructor(parts: HashParts) {
    this.#parts = parts;
  }

  /** Hashes a password: takes a core for some ten milliseconds, and `cost.memory`. */
  static async of(password: string, cost: HashCost): Promise<PasswordHash> {
    const salt = randomBytes(saltBytes);
    return new PasswordHash({ ...cost, salt, key: await keyOf(password, { ...cost, salt }, keyBytes) });
  }

  /** The hash of no password. To check one against it costs as much as against another. */
  static decoy(cost: HashCost): PasswordHash {
    return new PasswordHash({ ...cost, salt: randomBytes(saltBytes), key: randomBytes(keyBytes) });
  }

  /** @param phc what `toString` gave. @throws Error if it has another form */
  static parse(phc: string): PasswordHash {
    const groups = phcForm.exec(phc)?.groups;
    // The hash itself is left out: it is worth an attack.
    if (!groups) throw new Error('a stored password hash has another form than $argon2id$v=19$m=..,t=..,p=..$salt$key');
    const { memory, passes, parallelism, salt = '', key = '' } = groups;
    return new PasswordHash({
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      salt: Buffer.from(salt, 'base64'),
      key: Buffer.from(key, 'base64'),
    });
  }

  /** Costs as much as the hash did. */
  async matches(password: string): Promise<boolean> {
    const { key } = this.#parts;
    return timingSafeEqual(key, await keyOf(password, this.#parts, key.length));
  }

  hasCost(cost: HashCost): boolean {
    const { memory, passes, parallelism } = this.#parts;
    return memory === cost.memory && passes === cost.passes && parallelism === cost.parallelism;
  }

  /** In PHC string form. */
  toString(): string {
    const { memory, passes, parallelism, salt, key } = this.#parts;
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(key)}`;
  }
}

async function keyOf(password: string, { salt, ...cost }: HashCost & { salt: Buffer }, tagLength: number) {
  const { memory, passes, parallelism } = cost;
  // The same letter may be typed as one character or as two, which differs from one keyboard to another.
  const message = Buffer.from(password.normalize('NFKC'));
  return derive('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength });
}

/** As PHC strings have it: without padding. */
function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
