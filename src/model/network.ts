import { z } from 'zod';
import { listOf, rule, strict } from './declaration-error.ts';
import { podsAtPort, port } from './pods.ts';

/**
 * An IPv4 network, by its first address: one network then is one text. By another address two texts would mean the same, and the API refuses a
 * NetworkPolicy that excepts from a network that very network.
 */
export const network = z
  .cidrv4({
    error: rule('an IPv4 network such as 10.1.0.0/16', 'write its address, a slash and its length'),
    abort: true,
  })
  .superRefine((given, context) => {
    const first = firstAddressOf(given);
    if (first !== given)
      context.addIssue({
        code: 'custom',
        params: { allowed: 'an IPv4 network by its first address', fix: `write ${first}` },
        input: given,
      });
  });

/** Somewhere in networks, at one port. */
export const networksAtPort = strict({
  /** Where it may be, as IPv4 networks. */
  networks: listOf(network, 'IPv4 network', "name it, such as ['10.1.0.0/16']"),
  /** Where it answers there. */
  port,
});

/** Where somebody else runs something. */
export const outsideAt = z.union([podsAtPort, networksAtPort]);

function firstAddressOf(given: string): string {
  const [address = '', length = ''] = given.split('/');
  const bytes = address.split('.').map((byte, index) => {
    const ownBits = Math.min(8, Math.max(0, Number(length) - 8 * index));
    return Number(byte) & (0xff << (8 - ownBits));
  });
  return `${bytes.join('.')}/${length}`;
}
