/** What the tabs of one browser tell each other of the session that they share. It has no token: those no script can read. */
export interface SharedSession {
  /** Whose session it is. */
  readonly account: string;
  /** Milliseconds since 1970 at which its tokens came. */
  readonly since: number;
  /** Milliseconds since 1970 at which its access token is over, by the clock of this browser. */
  readonly goodUntil: number;
}

const key = 'session';

/** Undefined where nobody logged in, or they logged out. What ended without that leaves it as it was: the next one logs in as the same, mostly. */
export function readSession(): SharedSession | undefined {
  return parse(localStorage.getItem(key));
}

/** @param tokens what web answers with the cookies; `expiresIn` in seconds */
export function keepSession({ accountId, expiresIn }: { accountId: string; expiresIn: number }): void {
  const since = Date.now();
  const session: SharedSession = { account: accountId, since, goodUntil: since + expiresIn * 1_000 };
  localStorage.setItem(key, JSON.stringify(session));
}

export function dropSession(): void {
  localStorage.removeItem(key);
}

/** Calls back whenever another tab has kept or dropped the session. @returns what ends that */
export function onOtherTab(listener: () => void): () => void {
  // Without a key all of the storage was cleared.
  const look = (event: StorageEvent) => (event.key === key || event.key === null) && listener();
  addEventListener('storage', look);
  return () => removeEventListener('storage', look);
}

/** Whoever uses the browser can write anything there. */
function parse(text: string | null): SharedSession | undefined {
  try {
    const { account, since, goodUntil } = JSON.parse(text ?? '{}') as Partial<Record<keyof SharedSession, unknown>>;
    if (typeof account !== 'string' || typeof since !== 'number' || typeof goodUntil !== 'number') return undefined;
    return { account, since, goodUntil };
  } catch {
    return undefined;
  }
}
