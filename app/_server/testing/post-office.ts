/** A real SMTP server that keeps what it takes. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

const MAIL_PASSWORD = 'the password of the mail server';

export interface Letter {
  from: string;
  to: string[];
  /** Headers and text, as they came. */
  raw: string;
}
interface Refusal {
  responseCode: number;
}

export class PostOffice {
  readonly letters: Letter[] = [];
  /** The answer of a server that refuses a letter. */
  refusal: Refusal | null = null;
  /** Addresses that it does not know. */
  readonly unknown = new Set<string>();
  /** Before it takes a letter. */
  hold: () => Promise<void> = () => Promise.resolve();
  /** It takes a letter, and its answer is lost. */
  losesAnswers = false;
  #port = 0;
  #server: SMTPServer | null = null;

  get url(): string {
    return `smtp://postman:${encodeURIComponent(MAIL_PASSWORD)}@127.0.0.1:${this.#port}`;
  }
  readonly password = MAIL_PASSWORD;

  /** At the same port each time. */
  async open(): Promise<void> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, done) =>
        username === 'postman' && password === MAIL_PASSWORD ? done(null, { user: username }) : done(new Error('no')),
      onRcptTo: ({ address }, _session, done) =>
        done(this.unknown.has(address) ? Object.assign(new Error(`no ${address}`), { responseCode: 550 }) : null),
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const raw = Buffer.concat(chunks).toString();
          // Like some servers, it repeats the refused text.
          const [link] = /https?:\S+/.exec(raw) ?? [];
          if (this.refusal) return done(Object.assign(new Error(`no links here: ${link}`), this.refusal));
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          void this.hold().then(() => {
            this.letters.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw });
            if (!this.losesAnswers) return done();
            for (const connection of server.connections as Set<{ _socket: { destroy(): void } }>)
              connection._socket.destroy();
          });
        });
      },
    });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.server.address() as AddressInfo).port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server) await new Promise<void>((resolve) => server.close(resolve));
  }
}

export const headersOf = ({ raw }: Letter): string => raw.slice(0, raw.indexOf('\r\n\r\n')).replace(/\r\n\s+/g, ' ');
export const headerOf = (letter: Letter, name: string): string | null =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(headersOf(letter))?.[1] ?? null;

/** The plain text, or another part. */
export const textOf = (letter: Letter, type = 'text/plain'): string => partOf(letter, type).replaceAll('\r\n', '\n');

function partOf(letter: Letter, type: string): string {
  const { raw } = letter;
  const [, boundary] = /boundary="?([^";]+)"?/.exec(headersOf(letter)) ?? [];
  const parts = boundary === undefined ? [raw] : raw.split(`--${boundary}`);
  const part =
    parts.find((each) => boundary === undefined || each.toLowerCase().includes(`content-type: ${type}`)) ?? '';
  const body = part.slice(part.indexOf('\r\n\r\n') + 4);
  if (/content-transfer-encoding: base64/i.test(part)) return Buffer.from(body, 'base64').toString();
  if (!/content-transfer-encoding: quoted-printable/i.test(part)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
