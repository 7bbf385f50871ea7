import { BlockList } from 'node:net';

/** Whether all of an IPv4 network is in another one, or is the same. */
export function isInside(inner: string, outer: string): boolean {
  const [innerAddress = '', innerBits] = inner.split('/');
  const [outerAddress = '', outerBits] = outer.split('/');
  if (Number(innerBits) < Number(outerBits)) return false;
  const list = new BlockList();
  list.addSubnet(outerAddress, Number(outerBits), 'ipv4');
  return list.check(innerAddress, 'ipv4');
}
