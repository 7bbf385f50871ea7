import { HttpError } from '../kit/index.ts';

const mebi = 1024 * 1024;
/** The most that one upload holds: the parts of it that are on their way to the object store. */
const mostHeld = 15 * mebi;
/** What each upload takes beside its bytes, such as the buffers of its connection; and so the end of how many small ones there are at once. */
const leastHeld = mebi;
/** The most that all uploads of a process hold together: what its memory limit leaves beside the largest picture, and a reserve. */
const mostHeldTogether = 120 * mebi;
/** The most uploads of one account at once in a process. */
const mostOfAccount = 4;
/** After how many seconds there may be room: few uploads take longer. */
const retryAfter = 5;

/** Lets in as many uploads at once as there is memory for, and a few of each account. */
export class UploadGate {
  readonly #ofAccounts = new Map<string, number>();
  #held = 0;

  /**
   * Does the work of an upload, if there is room for it.
   *
   * @param bytes how long it says that it is; undefined if it does not say
   * @throws HttpError 429 `too-many-uploads` if its account has too many under way, 503 `overloaded` if all have
   */
  async run<T>(account: string, bytes: number | undefined, work: () => Promise<T>): Promise<T> {
    const others = this.#ofAccounts.get(account) ?? 0;
    if (others >= mostOfAccount) {
      const detail = `There are ${others} uploads of this account under way; allowed: ${mostOfAccount} at once; try again once one has ended`;
      throw new HttpError(429, 'too-many-uploads', detail, { retryAfter });
    }
    const held = Math.min(mostHeld, Math.max(leastHeld, bytes ?? mostHeld));
    if (this.#held + held > mostHeldTogether) {
      throw new HttpError(503, 'overloaded', `Too many uploads at once; try again in ${retryAfter} s`, { retryAfter });
    }
    this.#held += held;
    this.#ofAccounts.set(account, others + 1);
    try {
      return await work();
    } finally {
      this.#held -= held;
      const left = (this.#ofAccounts.get(account) ?? 1) - 1;
      if (left > 0) this.#ofAccounts.set(account, left);
      else this.#ofAccounts.delete(account);
    }
  }
}
