/** Something that is on or off, such as whether a post is liked. */
export interface Toggle<Answer> {
  /** Shows it as on or off: at once, and again when that is taken back. */
  readonly show: (on: boolean) => void;
  /** Tells the server. */
  readonly send: (on: boolean) => Promise<Answer>;
  /** Takes over what the server says, unless something newer is wanted already. @default - nothing */
  readonly settled?: (answer: Answer) => void;
  /** Says that what was wanted was taken back. */
  readonly failed: (error: unknown, wanted: boolean) => void;
}

export interface Toggles {
  /** Shows at once that something is on or off, and tells the server. Never rejects. @param key of what it is, such as `like 17` */
  set<Answer>(key: string, on: boolean, toggle: Toggle<Answer>): Promise<void>;
}

/**
 * Of one thing only one request is under way, and of what was wanted meanwhile only the last is sent: so they cannot overtake one another, and whoever
 * presses a button ten times ends where they stopped.
 */
export function createToggles(): Toggles {
  const underWay = new Map<string, { wanted: boolean }>();
  return {
    async set(key, on, toggle) {
      toggle.show(on);
      const before = underWay.get(key);
      if (before) {
        before.wanted = on;
        return;
      }
      const state = { wanted: on };
      underWay.set(key, state);
      let known = !on;
      try {
        while (state.wanted !== known) {
          const next = state.wanted;
          const answer = await toggle.send(next);
          known = next;
          if (state.wanted === known) toggle.settled?.(answer);
        }
      } catch (error) {
        if (state.wanted !== known) {
          toggle.show(known);
          toggle.failed(error, state.wanted);
        }
      } finally {
        underWay.delete(key);
      }
    },
  };
}
