/**
 * [SND1] A delivery by hand is signed as its sender would sign it, in an ordinary shell, whatever the input is.
 * [SND2] Each sender is recognised by its proof.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { deliveryByHand, SENDER_FACTS, SENDERS, senderOf } from './senders';

const SECRET = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`;
const INPUT = { note: 'it\'s $(id) `id` \\n "quoted" ü\n', amount: 5 };
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** What curl would send: its headers and its body. */
function sent(text: string): { headers: Headers; body: string } {
  const script = `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }\n${text.replace('SECRET=…', `SECRET='${SECRET}'`)}`;
  const given = execFileSync('sh', ['-c', script]).toString().split('\0');
  const headers = new Headers();
  given.forEach((word, index) => {
    const [, name = '', value = ''] = given[index - 1] === '-H' ? (/^([^:]+): (.*)$/.exec(word) ?? []) : [];
    if (name) headers.append(name, value);
  });
  return { headers, body: given[given.indexOf('-d') + 1] ?? '' };
}
const byHand = (sender: (typeof SENDERS)[number]) =>
  sent(deliveryByHand('https://here.example/hook', SENDER_FACTS[sender].proof, INPUT) ?? '');

test.skipIf(!hasOpenssl)('[SND1] as Standard Webhooks', () => {
  const { headers, body } = byHand('standard');
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`;
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  expect(headers.get('webhook-signature')).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  expect(Number(headers.get('webhook-timestamp'))).toBeGreaterThan(1_700_000_000);
  expect(JSON.parse(body)).toEqual(INPUT);
});

test.skipIf(!hasOpenssl)('[SND1] as GitHub, and as another one that signs', () => {
  const github = byHand('github');
  const signature = createHmac('sha256', SECRET).update(github.body).digest('hex');
  expect(github.headers.get('x-hub-signature-256')).toBe(`sha256=${signature}`);
  expect(byHand('hmac').headers.get('x-signature')).toBe(signature);
  expect(JSON.parse(github.body)).toEqual(INPUT);
});

test('[SND1] with the secret in a header', () => {
  const { headers, body } = byHand('token');
  expect(headers.get('authorization')).toBe(SECRET);
  expect(JSON.parse(body)).toEqual(INPUT);
});

test('[SND2] a sender is recognised by its proof', () => {
  for (const sender of SENDERS) expect(senderOf(SENDER_FACTS[sender].proof)).toBe(sender);
  expect(senderOf({ kind: 'hmac', header: 'x-own', prefix: '' })).toBe('hmac');
  expect(senderOf({ kind: 'token', header: 'x-own' })).toBe('token');
});
