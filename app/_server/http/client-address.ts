/**
 * Who asks, as far as the network knows. Limits count by it, so what a caller claims about itself counts nothing: a forwarded
 * address is believed only from a proxy that was named (BACKSTITCH_TRUSTED_PROXIES).
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';

/** Header in which our server tells the caller's address; whatever a caller sends under this name is overwritten. */
export const CLIENT_HEADER = 'x-backstitch-client';

/** '10.0.0.7, 192.168.0.0/16, ::1'. Throws with the entry that is none. */
export function parseProxies(text: string): BlockList {
  const proxies = new BlockList();
  for (const entry of text.split(',').map((each) => each.trim())) {
    if (!entry) continue;
    const [address = '', bits] = entry.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const most = family === 'ipv4' ? 32 : 128;
    if (!isIP(address) || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= most))) {
      throw new Error(`'${entry}' is no address and no network like 10.0.0.0/8`);
    }
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  return proxies;
}

/** The nearest address that is none of our proxies: each of them adds at the end whom it heard. */
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
    // What a proxy passes on that is no address was made up by somebody.
    if (!isIP(further)) break;
    address = further;
  }
  return address || 'unknown';
}

const isProxy = (address: string, proxies: BlockList): boolean =>
  isIP(address) > 0 && proxies.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
/** An IPv4 caller of an IPv6 socket is itself. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
