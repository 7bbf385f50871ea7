/**
 * What limits are counted for: an IPv4 address as it is, and of IPv6 the block of 64 bits that one household or machine gets, in which it has as many
 * addresses as it likes.
 *
 * @param address as a socket or a proxy gives it; what is no address is given back
 */
export function addressBlock(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const url = URL.parse(`http://[${address.replace(/%.*$/, '')}]`);
  if (!url) return address;
  // The shortest form, in which `::` may stand for any of the eight groups.
  const [head = '', tail = ''] = url.hostname.slice(1, -1).split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`;
}
