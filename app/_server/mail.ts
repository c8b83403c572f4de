/**
 * Mail, if an SMTP server is configured (BACKSTITCH_SMTP_URL): links for people, at once, and notifications by their outbox.
 * A failure is returned, never thrown.
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
export interface Message {
  /** The same for all attempts: a receiver recognises a repetition by it. */
  messageId: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
}
/**
 * - `away`: the server cannot be reached or does not let us in; every other mail would fail as well.
 * - `later`: it does not take this mail now.
 * - `never`: it will not take this mail, usually because there is no such address.
 */
export type Sent = { ok: true } | { ok: false; kind: 'away' | 'later' | 'never'; message: string };

export interface Mail {
  configured: boolean;
  /** The sender; null: no mail is sent. */
  from: string | null;
  sendLink(mail: LinkMail): Promise<NonNullable<MadeLink['mailed']>>;
  send(message: Message): Promise<Sent>;
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 15_000;

export function createMail({ smtp }: Pick<WebConfig, 'smtp'>, log: Pick<Logger, 'warn'>): Mail {
  if (!smtp) {
    const message = 'No mail server is configured (BACKSTITCH_SMTP_URL).';
    return {
      configured: false,
      from: null,
      sendLink: () => Promise.resolve({ ok: false, message }),
      send: () => Promise.resolve({ ok: false, kind: 'away', message }),
    };
  }
  const transport = createTransport(
    { url: smtp.url, connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: ANSWER_MS },
    { from: smtp.from }
  );
  /** The message of the mail server may repeat the mail, so neither it nor a log has more than its codes. */
  const failed = (error: unknown) => {
    const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
    log.warn({ code, responseCode }, 'a mail was not sent');
    return { code, responseCode };
  };
  return {
    configured: true,
    from: smtp.from,
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
        const { code } = failed(error);
        return { ok: false, message: `The mail server did not accept the mail (${code}). Copy the link instead.` };
      }
    },
    async send({ to, subject, headers, ...rest }) {
      try {
        await transport.sendMail({
          ...rest,
          to: { name: '', address: to },
          subject: oneLine(subject),
          // A program that answers mails by itself does not answer this one (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated', ...headers },
        });
        return { ok: true };
      } catch (error) {
        return failureOf(failed(error));
      }
    },
  };
}

/** Of the errors of nodemailer, these two are about the mail; the others are about the server. */
const OF_THE_MAIL = ['EENVELOPE', 'EMESSAGE'];

function failureOf({ code, responseCode }: { code: string; responseCode?: number | undefined }): Sent {
  const words = `(${[code, responseCode].filter(Boolean).join(', ')})`;
  if (!OF_THE_MAIL.includes(code))
    return { ok: false, kind: 'away', message: `The mail server cannot be used ${words}.` };
  if (responseCode === undefined || responseCode >= 500)
    return { ok: false, kind: 'never', message: `The mail server refuses this mail or this address ${words}.` };
  return { ok: false, kind: 'later', message: `The mail server does not take this mail now ${words}.` };
}

const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ');
