/**
 * Writes to chats, each at an address that an administrator has given.
 *
 * Rules
 * [CHA1] The address is a secret: it is encrypted in the database, and in no answer, log or audit entry.
 * [CHA2] Requests go where the requests of a connection may go (engine/activities/egress): to the origin of the address, never to
 *        link-local addresses, and to a private network unless the operator of the machine forbids it. Redirects are not
 *        followed.
 * [CHA3] What the outbox does with mails it does with messages for a chat: retries, what is true no more, many at once
 *        (send.ts).
 */
import { symmetricDecrypt } from 'better-auth/crypto';
import { EgressGuard } from '@/engine/activities/egress/guard';
import { readActivityConfig } from '@/engine/activities/config';
import { send } from '@/engine/activities/http/send';
import type { Chat } from '@/prisma/client/client';
import type { WebConfig } from '../config';
import type { Sent } from '../mail';

const ANSWER_MS = 10_000;
/** What it answers is not read. */
const ANSWER_BYTES_MOST = 64 * 1024;
/** Of what is tried again: too many at once, and a service that is not well. */
const LATER = (status: number) => status === 408 || status === 429 || status >= 500;

export class Chatter {
  readonly #guard: EgressGuard;

  constructor(private readonly config: Pick<WebConfig, 'authSecret' | 'environment'>) {
    this.#guard = new EgressGuard(readActivityConfig(config.environment));
  }

  async send({ sealed }: Pick<Chat, 'sealed'>, text: string): Promise<Sent> {
    let address: string;
    try {
      address = await symmetricDecrypt({ key: this.config.authSecret, data: sealed });
    } catch {
      return { ok: false, kind: 'never', message: 'The address of the chat cannot be read any more. Enter it again.' };
    }
    return this.post(new URL(address), { 'content-type': 'application/json' }, JSON.stringify({ text }));
  }

  /** [CHA2] Any other message that an administrator wants sent. Never rejects. */
  async post(url: URL, headers: Record<string, string>, body: string): Promise<Sent> {
    try {
      const { status } = await send({
        url,
        method: 'POST',
        headers: { 'user-agent': 'Backstitch', ...headers },
        body,
        signal: AbortSignal.timeout(ANSWER_MS),
        agent: this.#guard.forConnection([url.origin], []).agentFor(url),
        maxResponseBytes: ANSWER_BYTES_MOST,
      });
      if (status >= 200 && status <= 299) return { ok: true };
      return { ok: false, kind: LATER(status) ? 'later' : 'never', message: `${url.host} answered ${status}.` };
    } catch (error) {
      return { ok: false, ...whyNot(url, error) };
    }
  }

  close(): void {
    this.#guard.close();
  }
}

function whyNot({ host }: URL, error: unknown): { kind: 'later' | 'never'; message: string } {
  const { type, code, name, message } = error as { type?: string; code?: string; name?: string; message?: string };
  if (type === 'EgressDenied') return { kind: 'never', message: message ?? `${host} may not be reached.` };
  return { kind: 'later', message: `${host} does not answer (${code ?? name ?? 'unknown'}).` };
}
