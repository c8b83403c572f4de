/**
 * Signatures of Standard Webhooks (https://www.standardwebhooks.com). The consumer's side is in components/events.
 *
 * [EVT4] While a secret is replaced, a message has a signature by each of the two, so a receiver may change its own at any
 *        moment between.
 */
import { Webhook } from 'standardwebhooks';

export interface Signed {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/** `secrets`: 'whsec_…', the newest first. The time is that of the attempt, because receivers refuse old messages. */
export function signed(id: string, body: string, secrets: readonly string[], atMs: number): Signed {
  const at = new Date(atMs);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  };
}
