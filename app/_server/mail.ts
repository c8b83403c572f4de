/**
 * Mail, if an SMTP server is configured (BACKSTITCH_SMTP_URL). Only links for people are sent. A failure is returned,
 * never thrown.
 */
import { createTransport } from 'nodemailer';
import type { Logger } from 'pino';
import type { MadeLink } from '@/app/_contract/people';
import type { WebConfig } from './config';

export interface LinkMail {
  kind: 'invite' | 'reset';
  to: string;
  url: string;
  expiresAt: Date;
  /** The name of the person who created the link. */
  from: string;
}
export interface Mail {
  configured: boolean;
  sendLink(mail: LinkMail): Promise<NonNullable<MadeLink['mailed']>>;
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 15_000;

export function createMail({ smtp }: Pick<WebConfig, 'smtp'>, log: Pick<Logger, 'warn'>): Mail {
  if (!smtp) {
    const message = 'No mail server is configured (BACKSTITCH_SMTP_URL).';
    return { configured: false, sendLink: () => Promise.resolve({ ok: false, message }) };
  }
  const transport = createTransport(
    { url: smtp.url, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: ANSWER_MS },
    { from: smtp.from }
  );
  return {
    configured: true,
    async sendLink({ kind, to, url, expiresAt, from }) {
      const subject = kind === 'invite' ? `${from} invites you to Backstitch` : 'Choose a new password for Backstitch';
      const what =
        kind === 'invite' ? 'Open this link to create your account:' : 'Open this link to choose a new password:';
      const until = `It can be used once, until ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
      try {
        await transport.sendMail({
          to: { name: '', address: to },
          subject: oneLine(subject),
          text: `${what}\n\n${url}\n\n${until}\n`,
        });
        return { ok: true, message: `Sent to ${to}.` };
      } catch (error) {
        // The message of the mail server may repeat the mail, so it is not logged: it would contain the link.
        const code = (error as { code?: string; responseCode?: number }).code ?? 'unknown';
        log.warn({ code, responseCode: (error as { responseCode?: number }).responseCode }, 'a mail was not sent');
        return { ok: false, message: `The mail server did not accept the mail (${code}). Copy the link instead.` };
      }
    },
  };
}

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ');
