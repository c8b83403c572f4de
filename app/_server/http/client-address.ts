/**
 * The network address of the caller. Limits are counted by it, so headers of the caller are ignored: a forwarded
 * address is used only if it comes from a trusted proxy (BACKSTITCH_TRUSTED_PROXIES).
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * The header in which our server passes on the caller's address; a header of this name from the caller is
 * overwritten.
 */
export const CLIENT_HEADER = 'x-backstitch-client';

/** '10.0.0.7, 192.168.0.0/16, ::1'. Throws with the entry that is not valid. */
export function parseProxies(text: string): BlockList {
  const proxies = new BlockList();
  for (const entry of text.split(',').map((each) => each.trim())) {
    if (!entry) continue;
    const [address = '', bits] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const most = family === 'ipv4' ? 32 : 128;
    if (!isIP(address) || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= most))) {
      throw new Error(`'${entry}' is neither an address nor a network like 10.0.0.0/8`);
    }
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return proxies;
}

/** The nearest address that is not one of our proxies: each proxy appends the address from which the request came. */
export function clientAddress(
  { headers, socket }: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string } },
  proxies: BlockList
): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((each) => plain(each.trim()))
    .filter(Boolean);
  let address = plain(socket.remoteAddress ?? '');
  while (isProxy(address, proxies) && forwarded.length > 0) {
    const further = forwarded.pop() ?? '';
    // An entry that is not an address was not written by a proxy.
    if (!isIP(further)) break;
    address = further;
  }
  return address || 'unknown';
}

const isProxy = (address: string, proxies: BlockList): boolean =>
  isIP(address) > 0 && proxies.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
/** An IPv4 caller of an IPv6 socket is counted by its IPv4 address. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
