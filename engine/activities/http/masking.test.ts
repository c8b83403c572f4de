import { expect, test } from 'vitest';
import { Masking } from './masking';

const SECRET = 'S3cr3t/+ "väl&ue"!=';
const hidden = (text: string, ...secrets: string[]) => {
  const masking = new Masking();
  for (const secret of secrets) masking.remember(secret);
  return masking.hide(text);
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);

test.each<[string, string]>([
  ['as it is', SECRET],
  ['in a header', `Bearer ${SECRET}`],
  ['in JSON', JSON.stringify({ a: SECRET })],
  ['in JSON of ASCII', JSON.stringify({ a: SECRET }).replace('ä', '\\u00e4')],
  ['in JSON with escaped slashes', JSON.stringify({ a: SECRET }).replaceAll('/', '\\/')],
  ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in a URL in small letters', encodeURIComponent(SECRET).replace(/%../g, (each) => each.toLowerCase())],
  ['in a form', form(SECRET)],
  ['in base64', base64(SECRET)],
  ['in base64 of URLs', Buffer.from(SECRET).toString('base64url')],
  ['in base64 with a name', base64(`user:${SECRET}`)],
  ['in base64 with another name', base64(`ab:${SECRET}`)],
  ['in base64 in the middle', base64(`abc:${SECRET}\n`)],
  ['in hexadecimal digits', Buffer.from(SECRET).toString('hex')],
])('[MSK1] a secret is hidden %s', (_, text) => {
  const said = hidden(`The service said: ${text}.`, SECRET);
  expect(said).toContain('•••');
  // At most the characters beside it remain.
  expect(said.replace('The service said: ', '').replace('•••', '').length).toBeLessThan(text.length / 2 + 8);
  for (const part of ['S3cr3t', 'UzNjcjN0', 'NjcjN0', '533363723374']) expect(said).not.toContain(part);
});

test('[MSK1] both words of a password are hidden, and of a header its credentials alone, too', () => {
  expect(hidden('correct horse', 'correct horse')).toBe('•••');
  expect(hidden('token xyz-123', 'Bearer xyz-123')).toBe('token •••');
});

test('[MSK1] the encoded form of a short secret hides nothing else', () => {
  expect(hidden('YQ== 61 and more', 'a b')).toBe('YQ== 61 and more');
});
