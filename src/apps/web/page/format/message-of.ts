import { ApiError } from '../api-error.ts';

/** What to tell people of a mistake that has a code, where its own text is for programmers. */
const messages: Readonly<Record<string, string>> = {
  'account-changed': 'Your account was changed elsewhere meanwhile. Reload the page and try again.',
  'account-deleted': 'This account was deleted.',
  'avatar-not-found': 'That picture cannot be used. Choose a JPEG, PNG, WebP, GIF or AVIF file.',
  'body-too-large': 'The file is too large.',
  'email-taken': 'There is an account with this e-mail address already. Log in instead?',
  'handle-taken': 'Somebody has this handle already. Choose another.',
  'media-not-yours': 'One of the files is gone. Remove it and add it again.',
  'person-not-found': 'There is nobody of this handle.',
  'post-not-found': 'This post is not there any more.',
  'session-ended': 'Your session has ended. Log in again.',
  'somebody-else': 'You logged in as somebody else, or out, in another tab.',
  'broken-image': 'This picture is broken, or only a part of it is there.',
  'unsupported-file': 'Whatever its name says, this is no JPEG, PNG, WebP, GIF, AVIF, MP4 or WebM file.',
  unauthenticated: 'Your session has ended. Log in again.',
  'too-many-uploads': 'Many uploads at once. Wait a moment and try again.',
  'wrong-credentials': 'There is no account with this e-mail address and password.',
  'wrong-password': 'That is not your password.',
};

/** What went wrong and what helps, in a sentence for whoever uses the page. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong in this page. Reload it and try again.';
  if (error.status === 0) return 'There is no connection to Insta. Check yours and try again.';
  const known = messages[error.code];
  if (known) return known;
  if (error.status === 429) return 'That was a bit much at once. Wait a minute and try again.';
  if (error.status === 502 || error.status === 503 || error.status === 504) {
    return 'Insta is busy at the moment. Try again in a few seconds.';
  }
  if (error.status >= 500) {
    const reference = error.traceId ? ` If it stays like this, tell us this number: ${error.traceId.slice(0, 8)}.` : '';
    return `Something went wrong on our side. Try again.${reference}`;
  }
  return error.message.endsWith('.') ? error.message : `${error.message}.`;
}

/** Whether it is an answer of a service, such as 404, and not that there was none. */
export function isProblem(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status !== 0;
}

/** Whether what was asked for is not there. */
export function isMissing(error: unknown): boolean {
  return isProblem(error) && (error.status === 404 || error.code === 'invalid-request');
}
