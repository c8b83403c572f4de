/** Whether a delivery comes from the system that knows the secret of its webhook. Pure but for the time of a signature. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { Proof } from '@/app/_contract/hooks';

/** The header that identifies a delivery of Standard Webhooks. */
export const STANDARD_ID = 'webhook-id';

/** Null if it is proved, otherwise why not, without a word of the secret. */
export function whyUnproved(proof: Proof, secret: string, headers: Headers, body: string): string | null {
  if (proof.kind === 'standard') return whyNotStandard(secret, headers, body);
  const given = headers.get(proof.header);
  if (!given) return `The header '${proof.header}' is missing.`;
  if (proof.kind === 'token') {
    const token = given.replace(/^Bearer\s+/i, '');
    return isEqual(token, secret) ? null : `The secret in '${proof.header}' is not that of this webhook.`;
  }
  const signature = createHmac('sha256', secret).update(body, 'utf8').digest('hex');
  const isSigned = given.startsWith(proof.prefix) && isEqual(given.slice(proof.prefix.length).toLowerCase(), signature);
  return isSigned ? null : `The signature in '${proof.header}' is not that of this body under this webhook's secret.`;
}

function whyNotStandard(secret: string, headers: Headers, body: string): string | null {
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers), { jsonParse: false });
    return null;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return `The signature is refused: ${error.message}.`;
    throw error;
  }
}

/** True for a secret that Standard Webhooks can sign with. */
export const isStandardSecret = (secret: string): boolean => {
  const [, text = ''] = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const { length } = Buffer.from(text, 'base64');
  return length >= 24 && length <= 64;
};

/** Takes as long for every text of this length. */
function isEqual(given: string, known: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(known)];
  return one.length === other.length && timingSafeEqual(one, other);
}
