/**
 * A mail over SMTP.
 *
 * Invariants:
 * - Recipients are single addresses: a value of the input never adds another one, a header or a line.
 * - A server takes over a mail with its positive reply to the whole message. So every negative reply, and every failure
 *   before the message was sent, proves that nothing was sent by this attempt.
 * - The Message-ID is made of the key of the step. All attempts have the same one, so that a mail that arrives twice is
 *   recognised.
 */
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { createTransport } from 'nodemailer';
import { MAIL_ADDRESS, type MailSettings } from '../../flow/connections/mail';
import { filled, readText } from '../../flow/connections/mapping';
import type { FrozenOf } from '../../flow/connections/operation';
import type { EgressGuard } from '../egress/guard';
import { plainText } from '../http/address';
import { failure, invalid } from '../http/failure';
import type { SecretReader } from '../http/input';
import { keysOf, type ActivityMeta } from '../http/keys';
import type { Masking } from '../http/masking';

const CONNECT_MS = 10_000;
/** For a call without a limit of its own. */
const USUAL_TIMEOUT_MS = 30_000;
const MOST_RECIPIENTS = 50;

interface MailTarget {
  settings: MailSettings;
  guard: EgressGuard;
  readSecret: SecretReader;
  masking: Masking;
}

interface Sent {
  messageId: string;
  accepted: string[];
  rejected: string[];
}

/** Rejects with an ApplicationFailure. `onBegin`: called when the message is about to be sent. */
export async function mailOnce(
  { call }: FrozenOf<'mail'>,
  target: MailTarget,
  input: unknown,
  meta: ActivityMeta,
  onBegin: () => void
): Promise<Sent> {
  const { idempotencyKey, forwardKey } = keysOf(meta);
  const fields = { ...(input as object | null), idempotencyKey, forwardKey };
  const to = addresses(call.to, fields);
  const cc = addresses(call.cc, fields);
  if (to.length === 0) throw invalid('The mail has no recipient.');
  if (to.length + cc.length > MOST_RECIPIENTS) throw invalid(`A mail has at most ${MOST_RECIPIENTS} recipients.`);
  const [replyTo] = call.replyTo === '' ? [] : addresses([call.replyTo], fields);
  const subject = readText(call.subject, fields, plainText).replace(/[\r\n]+/g, ' ');
  const { from } = target.settings;
  const { transport, where } = await open(target);
  let begun = false;
  // Called after the login, when the message is about to be sent. The command that nodemailer reports is no proof: it
  // is 'CONN' for every lost line, also for one that is lost after the message.
  transport.use('stream', (mail, done) => {
    mail.message.transform(() => {
      begun = true;
      onBegin();
      return new PassThrough();
    });
    done();
  });
  try {
    const { messageId, accepted, rejected } = await transport.sendMail({
      // What is sent is decided here, whatever a header could be read as.
      envelope: { from, to: [...to, ...cc] },
      from: plain(from),
      to: to.map(plain),
      cc: cc.map(plain),
      ...(replyTo ? { replyTo: plain(replyTo) } : {}),
      subject,
      text: readText(call.text, fields, plainText),
      messageId: `<${createHash('sha256').update(idempotencyKey).digest('hex')}@backstitch>`,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { messageId, accepted: accepted.map(addressIn), rejected: rejected.map(addressIn) };
  } catch (error) {
    throw asFailure(error, where, (words) => target.masking.hide(words), begun);
  } finally {
    transport.close();
  }
}

/** Connects and logs in: for the test of a connection. */
export async function mailPing(target: MailTarget, onSending: () => void): Promise<void> {
  const { transport, where } = await open(target);
  try {
    await transport.verify();
    onSending();
  } catch (error) {
    // The server has answered something.
    if (typeof (error as { responseCode?: unknown }).responseCode === 'number') onSending();
    throw asFailure(error, where, (words) => target.masking.hide(words), false);
  } finally {
    transport.close();
  }
}

async function open({ settings, guard, readSecret, masking }: MailTarget) {
  const { host, port, tls, user, secret } = settings;
  const where = `The mail server ${host}:${port}`;
  const pass = secret === '' ? null : await readSecret(secret);
  if (pass === null && secret !== '')
    throw failure('SecretMissing', false, `There is no secret '${secret}'. Store it in the connection.`);
  if (pass !== null) masking.remember(pass);
  const { startToCloseTimeoutMs } = Context.current().info;
  const timeoutMs = startToCloseTimeoutMs > 0 ? startToCloseTimeoutMs : USUAL_TIMEOUT_MS;
  const transport = createTransport({
    host: await guard.addressOf(host).catch((error: unknown) => {
      throw asFailure(error, where, (words) => words, false);
    }),
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    tls: { servername: host },
    ...(user === '' ? {} : { auth: { user, pass: pass ?? '' } }),
    connectionTimeout: Math.min(CONNECT_MS, timeoutMs),
    greetingTimeout: Math.min(CONNECT_MS, timeoutMs),
    socketTimeout: timeoutMs,
  });
  return { transport, where };
}

/** An address without a name, so that nothing in it is read as structure. */
const plain = (address: string) => ({ name: '', address });
const addressIn = (entry: string | { address: string }): string => (typeof entry === 'string' ? entry : entry.address);

function addresses(drawn: readonly string[], fields: object): string[] {
  const values = drawn.flatMap((text) => filled(text, fields, plainText) ?? []);
  return values.map((value) => {
    if (typeof value !== 'string' || !MAIL_ADDRESS.test(value))
      throw invalid(`${JSON.stringify(value).slice(0, 100)} is not one mail address.`);
    return value;
  });
}

/** `begun`: a part of the message may have been sent. */
function asFailure(error: unknown, where: string, hide: (text: string) => string, begun: boolean): unknown {
  if (error instanceof ApplicationFailure || !(error instanceof Error)) return error;
  const { responseCode } = error as { responseCode?: number };
  const message = hide(error.message.replace(/\s+/g, ' ')).slice(0, 200);
  if (typeof responseCode === 'number')
    return failure('MailRefused', responseCode >= 500, `${where} refused the mail: ${message}`, [
      { status: responseCode },
    ]);
  if (!begun) return failure('Unreachable', false, `${where} could not be reached: ${message}.`);
  return failure('Unanswered', false, `${where} did not answer: ${message}.`);
}
