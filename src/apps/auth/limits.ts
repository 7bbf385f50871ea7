import { createRateLimit, HttpError, type KeyValue } from '../kit/index.ts';
import { addressBlock } from './address-block.ts';

/** @see createLimits */
export interface LimitsProps {
  readonly keyValue: KeyValue;
  /** How many log-ins and registrations one address may try in a minute. */
  readonly perAddress: number;
  /** How many passwords may be tried on one account in a minute. */
  readonly perAccount: number;
}

/** How often passwords may be tried. Each `take` throws HttpError 429 `too-many-requests`, with `retryAfter`. */
export type Limits = ReturnType<typeof createLimits>;

/** The store keeps only hashes of addresses and e-mail addresses. */
export function createLimits({ keyValue, perAddress, perAccount }: LimitsProps) {
  const ofAddress = createRateLimit(keyValue, { name: 'address', limit: perAddress, per: '1m' });
  return {
    /** Counts for an address, or a block of them. Never reset: else whoever has one account could try all others. */
    takeAddress: (ip: string) => ofAddress.take(addressBlock(ip)),
    /** Log-ins, by e-mail address: an account that is not there is limited like one that is. */
    logIn: createRateLimit(keyValue, { name: 'log-in', limit: perAccount, per: '1m' }),
    /** The password of an account, asked again of somebody who is logged in. Apart from log-ins, which anybody can use up. */
    password: createRateLimit(keyValue, { name: 'password', limit: perAccount, per: '1m' }),
  };
}

export function isTooMany(error: unknown): boolean {
  return error instanceof HttpError && error.statusCode === 429;
}
