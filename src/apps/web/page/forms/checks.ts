/** What is wrong with what somebody typed, for them to read; undefined if nothing is. */
export type Check = (value: string) => string | undefined;

/** Lengths as the services have them; a test compares. */
export const limits = {
  password: { least: 10, most: 200 },
  name: { most: 60 },
  bio: { most: 300 },
  caption: { most: 2_200 },
  comment: { most: 1_000 },
  prefix: { most: 30 },
} as const;

export const checkEmail: Check = (value) => {
  const email = value.trim();
  if (!email) return 'Enter your e-mail address.';
  return email.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(email)
    ? undefined
    : 'That is no e-mail address. One looks like ann@example.com.';
};

/** Of a password that is chosen now. */
export const checkNewPassword: Check = (value) => {
  if (!value) return 'Choose a password.';
  const { least, most } = limits.password;
  if (value.length < least)
    return `Too short: ${value.length} of at least ${least} characters. A few words make a good one.`;
  return value.length > most ? `Too long: ${value.length} characters, ${most} at most.` : undefined;
};

/** Of a password that was chosen before. */
export const checkPassword: Check = (value) => (value ? undefined : 'Enter your password.');

export const checkHandle: Check = (value) => {
  const handle = plainHandle(value);
  if (!handle) return 'Choose a handle.';
  if (handle.length < 3) return 'Too short: a handle has at least 3 characters.';
  if (handle.length > 30) return `Too long: ${handle.length} characters, 30 at most.`;
  const wrong = /[^a-z0-9._]/.exec(handle)?.[0];
  if (wrong)
    return `${wrong === ' ' ? 'A space' : `“${wrong}”`} cannot be part of a handle. Use a–z, 0–9, dot and underscore.`;
  return /^[a-z0-9].*[a-z0-9]$/.test(handle) ? undefined : 'Begin and end the handle with a letter or a digit.';
};

export const checkName: Check = (value) => {
  const name = value.trim();
  if (!name) return 'Enter your name, as others shall see it.';
  return name.length > limits.name.most
    ? `Too long: ${name.length} characters, ${limits.name.most} at most.`
    : undefined;
};

export const checkBio: Check = (value) => {
  const { length } = value.trim();
  return length > limits.bio.most ? `Too long: ${length} characters, ${limits.bio.most} at most.` : undefined;
};

/** A handle as the service takes it: people also write `@Ann`. */
export function plainHandle(value: string): string {
  return value.trim().replace(/^@/, '').toLowerCase();
}

/** A handle for somebody of this name; empty where no letter of it can be in one. */
export function suggestHandle(name: string): string {
  const handle = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .slice(0, 30)
    .replace(/^\.+|\.+$/g, '');
  return checkHandle(handle) === undefined ? handle : '';
}
