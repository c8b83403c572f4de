import { expect, test } from 'vitest';
import { clientAddress, parseProxies } from './client-address';

const from = (remoteAddress: string, forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: { remoteAddress },
});
const none = parseProxies('');
const proxies = parseProxies('10.0.0.7, 192.168.0.0/16, ::1');

test('[HCA1] without a configured proxy, a forwarded address is ignored', () => {
  expect(clientAddress(from('203.0.113.9', '1.2.3.4'), none)).toBe('203.0.113.9');
  expect(clientAddress(from('203.0.113.9', '1.2.3.4'), proxies)).toBe('203.0.113.9');
  expect(clientAddress(from('::ffff:203.0.113.9'), none)).toBe('203.0.113.9');
});

test('[HCA2] behind proxies, the client is the address that the outermost proxy saw', () => {
  expect(clientAddress(from('10.0.0.7', '203.0.113.9'), proxies)).toBe('203.0.113.9');
  expect(clientAddress(from('::1', '6.6.6.6, 203.0.113.9, 192.168.3.4'), proxies)).toBe('203.0.113.9');
  expect(clientAddress(from('::ffff:10.0.0.7', '203.0.113.9, ::ffff:192.168.3.4'), proxies)).toBe('203.0.113.9');
  expect(clientAddress(from('10.0.0.7', '2001:db8::1'), proxies)).toBe('2001:db8::1');
});

test('[HCA3] if the forwarded address is missing or invalid, the address of the proxy is used', () => {
  expect(clientAddress(from('10.0.0.7'), proxies)).toBe('10.0.0.7');
  expect(clientAddress(from('10.0.0.7', 'unknown'), proxies)).toBe('10.0.0.7');
  expect(clientAddress(from(''), none)).toBe('unknown');
});

test('[HCA4] a setting that is not a network is refused, and the refusal names it', () => {
  for (const wrong of ['nginx', '10.0.0.0/33', '10.0.0.0/x', '::/129'])
    expect(() => parseProxies(wrong)).toThrow(wrong);
});
