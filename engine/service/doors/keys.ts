/**
 * Identifies callers by bearer keys with roles. The engine stores digests of keys, never keys. Keys come from the
 * environment (those of the product's own processes) and from the table of keys that people create. A client on this
 * machine without a key may do what an operator may, unless keys are required; a client from elsewhere needs a key.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { status, type Metadata } from '@grpc/grpc-js';
import { z } from 'zod';
import { localCaller, processCaller, type Caller } from '../../permissions/caller';
import { PROCESS_ROLES, ROLE_NAMES, type Grant, type ProcessRole } from '../../permissions/permissions';
import { ServiceError } from '../errors';

/** The names of roles in earlier releases, with the current roles that replace them. */
const FORMER_ROLES = { read: 'viewer', operate: 'owner', decide: 'web' } as const;
const roleSchema = z
  .enum([...ROLE_NAMES, ...(Object.keys(PROCESS_ROLES) as ProcessRole[]), 'read', 'operate', 'decide'])
  .transform((role): Grant['role'] =>
    role in FORMER_ROLES ? FORMER_ROLES[role as keyof typeof FORMER_ROLES] : (role as Grant['role'])
  );
const keysSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    role: roleSchema,
    /** Only for this flow. */
    flow: z.string().min(1).optional(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
);
export type Key = z.infer<typeof keysSchema>[number];

/** BACKSTITCH_KEYS. Throws a ZodError that names what is wrong. */
export function parseKeys(json: string | undefined): Key[] {
  return json ? keysSchema.parse(JSON.parse(json)) : [];
}

/** Keys that are made and revoked while the engine runs. */
export interface KeySource {
  /** Null for a key that does not exist, has expired or was revoked. */
  find(sha256: string): Promise<Caller | null>;
  /** Calls the listener when this key ends. Returns how to stop. */
  onEnd(keyId: string, listener: () => void): () => void;
}

export interface AuthorityOptions {
  keys: readonly Key[];
  stored?: KeySource;
  /** Clients on this machine need a key too. */
  requireKeys?: boolean;
  /** File that sets the key of this installation for a shell; refusals name it. */
  localEnv?: string;
}

const LOOPBACK = /^(127\.|\[?::1\]?|\[?::ffff:127\.|unix:)/;

export class Authority {
  constructor(private readonly options: AuthorityOptions) {}

  /**
   * `door` 'public': a key is needed wherever the call comes from, since a proxy on this machine may have passed it on.
   * Throws UNAUTHENTICATED.
   */
  async authenticate(metadata: Metadata, peer: string, door: 'local' | 'public' = 'local'): Promise<Caller> {
    const { keys, stored, requireKeys = false } = this.options;
    const header = String(metadata.get('authorization')[0] ?? '');
    if (header) {
      const digest = createHash('sha256')
        .update(header.replace(/^Bearer /i, ''))
        .digest();
      // Every key is compared, so that the time of the comparison reveals nothing.
      const found = keys.filter((key) => timingSafeEqual(Buffer.from(key.sha256, 'hex'), digest))[0];
      if (found) return processCaller(found.name, [{ role: found.role, flow: found.flow ?? null }]);
      const caller = await stored?.find(digest.toString('hex'));
      if (caller) return caller;
      throw new ServiceError(
        status.UNAUTHENTICATED,
        `This key does not exist, has expired or was revoked. ${this.#hint()}`
      );
    }
    if (door === 'local' && LOOPBACK.test(peer)) {
      if (!requireKeys) return localCaller();
      throw new ServiceError(status.UNAUTHENTICATED, `This engine requires a key from every client. ${this.#hint()}`);
    }
    throw new ServiceError(status.UNAUTHENTICATED, `Calls from another machine need a key. ${this.#hint()}`);
  }

  /** The call's own answer, or UNAUTHENTICATED as soon as the caller's key ends. */
  async whileValid<T>(caller: Caller, call: () => Promise<T>): Promise<T> {
    if (caller.keyId === null || !this.options.stored) return call();
    let stop = () => {};
    const ended = new Promise<never>((_, reject) => {
      stop = this.onEnd(caller, () => reject(revoked()));
    });
    return Promise.race([call(), ended]).finally(stop);
  }

  /** Calls the listener when the caller's key ends. Returns how to stop. */
  onEnd({ keyId }: Caller, listener: () => void): () => void {
    return keyId === null || !this.options.stored ? () => {} : this.options.stored.onEnd(keyId, listener);
  }

  #hint(): string {
    const { localEnv } = this.options;
    const made = 'Administrators make keys on the dashboard (Settings, Keys)';
    return localEnv ? `${made}; on this machine, \`source ${localEnv}\` sets one.` : `${made}.`;
  }
}

export const revoked = () => new ServiceError(status.UNAUTHENTICATED, 'This key was revoked or has expired.');
