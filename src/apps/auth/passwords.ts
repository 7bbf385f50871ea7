import { type HashCost, PasswordHash } from './password-hash.ts';
import { Turns } from './turns.ts';

/** What OWASP asks for at least. It may rise: whoever logs in then gets a hash of the new cost. */
export const hashCost: HashCost = { memory: 19 * 1_024, passes: 2, parallelism: 1 };

/**
 * How many passwords one process looks at in the same moment. Each takes 19 MiB, and one of the four threads that Node has for this, for files and for
 * the names of hosts.
 */
const atOnce = 2;

/** What became of a password that was checked. */
export interface PasswordCheck {
  readonly matches: boolean;
  /** Whether its hash has another cost than new ones have. */
  readonly isOutdated: boolean;
}

/** Hashes and checks passwords, a few at a time. Both throw HttpError 503 `overloaded` when too many wait. */
export class Passwords {
  readonly #cost: HashCost;
  readonly #turns: Turns;
  readonly #decoy: PasswordHash;

  /**
   * @param props.longestWait for the turn of a password, in milliseconds: the request has to be answered in its own time
   * @param props.cost of new hashes. @default hashCost
   */
  constructor({ longestWait, cost = hashCost }: { readonly longestWait: number; readonly cost?: HashCost }) {
    this.#cost = cost;
    this.#turns = new Turns({ atOnce, longestWait });
    this.#decoy = PasswordHash.decoy(cost);
  }

  /** @returns PHC string form */
  async hash(password: string): Promise<string> {
    return String(await this.#turns.run(() => PasswordHash.of(password, this.#cost)));
  }

  /**
   * Checks a password.
   *
   * @param stored the account's hash. Undefined where there is no account: that takes as long, so that nobody learns who has one. (While the cost
   * rises, accounts whose hash is still of the old one are told from others by the time; those of whoever logs in are no longer.)
   */
  async check(password: string, stored: string | undefined): Promise<PasswordCheck> {
    const hash = stored === undefined ? this.#decoy : PasswordHash.parse(stored);
    const matches = await this.#turns.run(() => hash.matches(password));
    return { matches: matches && stored !== undefined, isOutdated: !hash.hasCost(this.#cost) };
  }
}
