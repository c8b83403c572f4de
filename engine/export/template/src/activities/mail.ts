/**
 * A mail over SMTP. A negative reply of the server, and every failure before the message was sent, proves that nothing
 * was sent. The Message-ID is made of the key of the step, so that a mail that arrives twice is recognised.
 */
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { createTransport } from 'nodemailer';
import { environment, failure, fieldsOf, notSent, textOf, type ActivityCall } from './call';
import { filled, readText } from './mapping';

export interface Mail {
  /** A variable of the environment. */
  url: string;
  from: string;
  to: readonly string[];
  cc: readonly string[];
  replyTo: string;
  subject: string;
  text: string;
}

/** One address, without a name: a value of the input never adds another recipient or a header. */
const ADDRESS = /^[^\s@<>(),;:"[\]\\\p{Cc}]{1,64}@[A-Za-z0-9.-]{1,253}$/u;

export const mail =
  ({ url, from, to, cc, replyTo, subject, text }: Mail) =>
  async (input: unknown, call: ActivityCall) => {
    const fields = fieldsOf(input, call);
    const addresses = (drawn: readonly string[]) =>
      drawn
        .flatMap((each) => filled(each, fields, textOf) ?? [])
        .map((each) => {
          if (typeof each === 'string' && ADDRESS.test(each)) return { name: '', address: each };
          throw notSent(failure('InvalidRequest', true, `${JSON.stringify(each)} is not one mail address.`));
        });
    const recipients = addresses(to);
    if (recipients.length === 0) throw notSent(failure('InvalidRequest', true, 'The mail has no recipient.'));
    const transport = createTransport(environment(url));
    let isSending = false;
    transport.use('stream', (composed, done) => {
      composed.message.transform(() => {
        isSending = true;
        return new PassThrough();
      });
      done();
    });
    try {
      const { messageId, accepted, rejected } = await transport.sendMail({
        from,
        to: recipients,
        cc: addresses(cc),
        replyTo: addresses(replyTo === '' ? [] : [replyTo]),
        subject: readText(subject, fields, textOf).replace(/[\r\n]+/g, ' '),
        text: readText(text, fields, textOf),
        messageId: `<${createHash('sha256').update(call.idempotencyKey).digest('hex')}@backstitch>`,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return { messageId, accepted: accepted.map(addressIn), rejected: rejected.map(addressIn) };
    } catch (error) {
      const { responseCode, message } = error as Error & { responseCode?: number };
      if (responseCode !== undefined)
        throw notSent(failure('MailRefused', responseCode >= 500, `The mail server refused the mail: ${message}`));
      const lost = `The mail server did not answer: ${message}`;
      throw isSending ? failure('Unanswered', false, lost) : notSent(failure('Unreachable', false, lost));
    } finally {
      transport.close();
    }
  };

const addressIn = (entry: string | { address: string }): string => (typeof entry === 'string' ? entry : entry.address);
