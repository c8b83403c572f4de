/** Messages to webhooks and pagers, through the guard of outgoing requests (notifications/chatter.ts). */
import { signed } from '../events/signature';
import type { Sent } from '../mail';
import type { Web } from '../web';

/** What became of one message, and what is written down of it. */
export interface Outcome {
  sent: Sent;
  message: string;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

export function postSigned(
  web: Pick<Web, 'chatter'>,
  { address, secret }: { address: string; secret: string },
  id: string,
  body: string
): Promise<Outcome> {
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    ...signed(id, body, [secret], Date.now()),
  };
  return post(web, address, headers, body);
}

export async function post(
  { chatter }: Pick<Web, 'chatter'>,
  address: string,
  headers: Record<string, string>,
  body: string
): Promise<Outcome> {
  const url = new URL(address);
  const sent = await chatter.post(url, headers, body);
  return { sent, message: sent.ok ? `${url.host} took it.` : sent.message };
}
