/**
 * Sends messages to browsers by the push service of their maker (RFC 8030), encrypted for the browser (RFC 8291), signed as from
 * this Backstitch (RFC 8292).
 *
 * Rules
 * [PSH1] The keys are made of the secret of the sessions, so every web process has the same ones. After a new secret each browser
 *        has to be turned on again.
 * [PSH2] Addresses come from browsers, so from anybody with an account: only public ones are called, and those that the operator
 *        of the machine allows by name. Redirects are not followed.
 */
import { createECDH, hkdfSync } from 'node:crypto';
import webPush from 'web-push';
import { EgressGuard } from '@/engine/activities/egress/guard';
import { readActivityConfig } from '@/engine/activities/config';
import { send } from '@/engine/activities/http/send';
import type { PushDevice } from '@/prisma/client/client';
import type { WebConfig } from '../config';
import type { Sent } from '../mail';

const ANSWER_MS = 10_000;
const ANSWER_BYTES_MOST = 64 * 1024;
/** For which a message waits for a browser that is off, in seconds. */
const WAITS_S = 12 * 60 * 60;
const LATER = (status: number) => status === 408 || status === 429 || status >= 500;
/** The service knows the browser no more. */
const GONE = [404, 410];
const CURVE = 'prime256v1';
const KEY_BYTES = 32;

/** What a service worker gets (public/sw.js). */
export interface PushMessage {
  title: string;
  body: string;
  url: string;
  /** A newer message of the same tag replaces the one that is shown. */
  tag: string;
}

export class Pusher {
  readonly #guard: EgressGuard;
  readonly #keys: { publicKey: string; privateKey: string };

  constructor(private readonly config: Pick<WebConfig, 'authSecret' | 'environment' | 'webUrl'>) {
    const { connections, allow } = readActivityConfig(config.environment);
    const anyPublic = { protocol: 'https:', host: '', port: '', anyHostBelow: true } as const;
    this.#guard = new EgressGuard({ connections, allow: [...allow, anyPublic] });
    this.#keys = keysOf(config.authSecret);
  }

  /** `applicationServerKey` of a browser that subscribes. */
  get publicKey(): string {
    return this.#keys.publicKey;
  }

  /** [PSH2] Null: it may be called, as far as its address says. */
  whyNot(endpoint: string): string | null {
    try {
      this.#guard.agentFor(new URL(endpoint));
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : 'It may not be called.';
    }
  }

  async send(
    { endpoint, p256dh, auth }: Pick<PushDevice, 'endpoint' | 'p256dh' | 'auth'>,
    message: PushMessage
  ): Promise<Sent & { isGone?: boolean }> {
    const url = new URL(endpoint);
    try {
      const { method, headers, body } = webPush.generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(message),
        {
          vapidDetails: { subject: this.#subject(), ...this.#keys },
          TTL: WAITS_S,
          urgency: 'high',
          contentEncoding: 'aes128gcm',
        }
      );
      const { status } = await send({
        url,
        method,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        body,
        signal: AbortSignal.timeout(ANSWER_MS),
        agent: this.#guard.agentFor(url),
        maxResponseBytes: ANSWER_BYTES_MOST,
      });
      if (status >= 200 && status <= 299) return { ok: true };
      const isGone = GONE.includes(status);
      const why = isGone ? `${url.host} knows this browser no more.` : `${url.host} answered ${status}.`;
      return { ok: false, kind: LATER(status) ? 'later' : 'never', message: why, isGone };
    } catch (error) {
      const denied = (error as { type?: string }).type === 'EgressDenied';
      if (denied && error instanceof Error) return { ok: false, kind: 'never', message: error.message };
      return { ok: false, kind: 'later', message: `${url.host} cannot be reached.` };
    }
  }

  close(): void {
    this.#guard.close();
  }

  /** Whom the service asks if something is wrong. It demands a secure address. */
  #subject(): string {
    const { protocol, origin, hostname } = this.config.webUrl;
    return protocol === 'https:' ? origin : `mailto:backstitch@${hostname}`;
  }
}

/** [PSH1] */
function keysOf(secret: string): { publicKey: string; privateKey: string } {
  const curve = createECDH(CURVE);
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'the key of push messages', KEY_BYTES));
  // Nearly every number of this length is a private key.
  curve.setPrivateKey(seed);
  return {
    publicKey: curve.getPublicKey().toString('base64url'),
    privateKey: curve.getPrivateKey().toString('base64url'),
  };
}
