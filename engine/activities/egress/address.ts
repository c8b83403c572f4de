/** Which network an IP address belongs to. Pure. */
import { BlockList, isIP } from 'node:net';

export type AddressClass =
  /** Anybody's. */
  | 'public'
  /** This machine or a network of one's own. */
  | 'private'
  /** Link-local (cloud metadata lives here), unspecified, multicast: no service that a flow should call. */
  | 'forbidden';

const forbidden = listOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.192', 32],
  ['168.63.129.16', 32],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
  ['::', 128],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['fd20:ce::', 32],
  ['ff00::', 8],
]);
const reserved = listOf([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['240.0.0.0', 4],
  ['::1', 128],
  ['fc00::', 7],
  ['fec0::', 10],
  // Ways to write an IPv4 address in IPv6: what is behind them cannot be told from here.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['2001::', 32],
]);

/** Brackets of a URL's IPv6 host are fine. Anything that is not an address is forbidden. */
export function classOf(address: string): AddressClass {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 0) return 'forbidden';
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (forbidden.check(plain, family)) return 'forbidden';
  return reserved.check(plain, family) ? 'private' : 'public';
}

function listOf(subnets: [network: string, prefix: number][]): BlockList {
  const blocks = new BlockList();
  for (const [network, prefix] of subnets) blocks.addSubnet(network, prefix, isIP(network) === 4 ? 'ipv4' : 'ipv6');
  return blocks;
}
