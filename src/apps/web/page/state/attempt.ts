/** A change that is shown before the server has made it. */
export interface Attempt<Answer> {
  /** Shows the change. @returns what takes it back */
  readonly show: () => () => void;
  readonly send: () => Promise<Answer>;
  /** Says that the change was taken back. */
  readonly failed: (error: unknown) => void;
}

/** Shows a change at once, and takes it back if it fails. @returns the answer, or undefined where it failed; never rejects */
export async function attempt<Answer>({
  show,
  send,
  failed,
}: Attempt<Answer>): Promise<{ answer: Answer } | undefined> {
  const takeBack = show();
  try {
    return { answer: await send() };
  } catch (error) {
    takeBack();
    failed(error);
    return undefined;
  }
}
