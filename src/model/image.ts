import { form } from './declaration-error.ts';

/**
 * An image that is none of ours. Its tag is the label `app.kubernetes.io/version` too. A version in part, such as `18`, gets patches, and another day is another
 * image; a digest never is.
 */
export const image = form(
  /^[a-z0-9][a-z0-9./:_-]*:(?!latest(@|$))[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?(@sha256:[0-9a-f]{64})?$/,
  'an image with a version as its tag, such as postgres:18, and with or without @sha256: and its digest',
  'write the name, a colon and the version; not latest',
);
