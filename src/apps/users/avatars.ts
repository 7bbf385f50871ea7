import { type Client, ClientError, HttpError, type Logger } from '../kit/index.ts';
import media, { imageTypes } from '../media/contract.ts';

type Media = Pick<Client<typeof media>, 'findFiles'>;

/** Checks that a file may be the avatar of an account. @param signal ends the wait for media */
export type CheckAvatar = (account: string, avatar: string, signal: AbortSignal) => Promise<void>;

/**
 * Makes the check of avatars: each must be a picture that the account itself uploaded.
 *
 * @returns throws HttpError 422 `avatar-not-found` if it is not, 503 `media-unavailable` if nobody can say
 */
export function createCheckAvatar(files: Media, log: Logger): CheckAvatar {
  const isImage = (type: string) => imageTypes.some((each) => each === type);
  return async (account, avatar, signal) => {
    const { items } = await files.findFiles({ query: { ids: [avatar] } }, { signal }).catch((error: unknown) => {
      if (!(error instanceof ClientError)) throw error;
      log.warn({ err: error }, `no answer from ${media.name} about an avatar`);
      const detail = 'Whether the avatar is there is not known at the moment; try again later, or leave it as it was';
      throw new HttpError(503, 'media-unavailable', detail, { retryAfter: 2 });
    });
    // The same answer for the file of somebody else: whether it exists is none of this caller's business.
    if (items.some(({ owner, type }) => owner === account && isImage(type))) return;
    throw new HttpError(422, 'avatar-not-found', 'The avatar is no picture that this account uploaded');
  };
}
