/**
 * Which network an IP address belongs to. Pure.
 *
 * An IPv6 address that contains an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) reaches the same
 * machine as the IPv4 address, so the stricter of the two classes counts. Every form that a resolver may accept as an
 * IPv4 address ('0177.1', '0x7f000001') is recognised.
 */
import ipaddr from 'ipaddr.js';

export type AddressClass =
  /** An address of the public network. */
  | 'public'
  /** This machine or a private network. */
  | 'private'
  /** Link-local (with cloud metadata), unspecified, multicast: no service that a flow should call. */
  | 'forbidden';

type Ranges = [ipaddr.IPv4 | ipaddr.IPv6, number][];

/** Metadata services of clouds that are outside of the link-local range. */
const METADATA = rangesOf('100.100.100.200/32', '192.0.0.192/32', '168.63.129.16/32', 'fd00:ec2::/32', 'fd20:ce::/32');
const FORBIDDEN = new Set(['unspecified', 'broadcast', 'multicast', 'linkLocal']);

/** An IPv6 host may have the brackets of a URL. Anything that is not an address is forbidden. */
export function classOf(address: string): AddressClass {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(plain)) return 'forbidden';
  const parsed = ipaddr.parse(plain);
  const classes = [ownClass(parsed), ...(parsed instanceof ipaddr.IPv6 ? embedded(parsed).map(ownClass) : [])];
  return classes.includes('forbidden') ? 'forbidden' : classes.includes('private') ? 'private' : 'public';
}

function ownClass(address: ipaddr.IPv4 | ipaddr.IPv6): AddressClass {
  const range = address.range();
  if (FORBIDDEN.has(range) || isIn(address, METADATA) || address.toString().startsWith('0.')) return 'forbidden';
  // Every other named range has a special purpose, and contains no service of the public network.
  return range === 'unicast' ? 'public' : 'private';
}

/** The IPv4 addresses that an IPv6 address contains, in any of the known forms. */
function embedded(address: ipaddr.IPv6): ipaddr.IPv4[] {
  const bytes = address.toByteArray();
  const { parts } = address;
  const at = (index: number, turn = 0) => new ipaddr.IPv4(bytes.slice(index, index + 4).map((byte) => byte ^ turn));
  const found: ipaddr.IPv4[] = [];
  const isLast = parts.slice(0, 5).every((part) => part === 0) && (parts[5] === 0 || parts[5] === 0xffff);
  const isTranslated = parts.slice(0, 4).every((part) => part === 0) && parts[4] === 0xffff && parts[5] === 0;
  const isNat64 = parts[0] === 0x64 && parts[1] === 0xff9b;
  const isIsatap = (parts[4] === 0 || parts[4] === 0x200) && parts[5] === 0x5efe;
  // The unspecified address and the loopback address contain no IPv4 address.
  const isOwn = address.range() === 'loopback' || address.range() === 'unspecified';
  if ((isLast && !isOwn) || isTranslated || isNat64 || isIsatap) found.push(at(12));
  if (parts[0] === 0x2002) found.push(at(2));
  if (parts[0] === 0x2001 && parts[1] === 0) found.push(at(4), at(12, 0xff));
  return found;
}

function rangesOf(...texts: string[]): Ranges {
  return texts.map((text) => ipaddr.parseCIDR(text));
}

function isIn(address: ipaddr.IPv4 | ipaddr.IPv6, ranges: Ranges): boolean {
  return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network as never, bits));
}
