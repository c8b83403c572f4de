/** Mails a letter to a person, with the ways to get other letters, or none. */
import type { NotificationSettings } from '@/app/_contract/notifications';
import type { Person } from '@/app/_contract/people';
import { pages, routes } from '@/app/_contract/routes';
import type { Sent } from '../mail';
import type { Letter, Reader } from './letter';
import type { Outgoing } from './outgoing';
import { unsubscribeToken } from './settings';

export function readerOf(
  web: Outgoing,
  { id }: Pick<Person, 'id'>,
  { zone }: Pick<NotificationSettings, 'zone'>
): Reader {
  const { origin } = web.config.webUrl;
  return {
    zone,
    settingsUrl: `${origin}${pages.account()}#notifications`,
    unsubscribeUrl: `${origin}${pages.unsubscribe(unsubscribeToken(web, id))}`,
  };
}

/** `message`: the same for all attempts. */
export function mailTo(
  web: Outgoing,
  message: string,
  { id, email }: Pick<Person, 'id' | 'email'>,
  letter: Letter
): Promise<Sent> {
  const { origin, hostname } = web.config.webUrl;
  return web.mail.send({
    ...letter,
    to: email,
    messageId: `<${message}@${hostname}>`,
    // A mail program turns the mails off by one request (RFC 8058).
    headers: {
      'List-Unsubscribe': `<${origin}${routes.unsubscribe(unsubscribeToken(web, id))}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  });
}
