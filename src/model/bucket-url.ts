import { z } from 'zod';
import { type Rule, rule } from './declaration-error.ts';
import { shownUrl } from './names.ts';

const pattern = /^https?:\/\/[^/?#@]+\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\?region=[a-z0-9-]+)?$/;
const mistake: Rule = {
  allowed: 'the URL of a bucket, such as https://s3.example.com/photos?region=eu-central-1',
  fix: 'write the scheme, the host, a slash and the bucket, and no key',
};

/** Where a bucket of an S3-compatible store is. */
export const bucketUrl = z.string({ error: rule(mistake.allowed, mistake.fix) }).superRefine((given, context) => {
  // Somebody may have written the key into it.
  if (!pattern.test(given) || !URL.canParse(given))
    context.addIssue({ code: 'custom', params: mistake, input: shownUrl(given) });
});
