/**
 * A URL as others may see it: whatever is in front of its host may be a password. It need not be a right one: `http:ann:sesame@a` and `ann:sesame@a` have one too.
 */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/)?.*@/is, (_, scheme: string | undefined) => `${scheme ?? ''}(hidden)@`);
}
