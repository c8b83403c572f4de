/**
 * Who calls: bearer keys with roles. The engine keeps digests of keys, never keys. Without a key a caller on this machine may
 * operate but not decide for a person; from elsewhere it may do nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { status, type Metadata } from '@grpc/grpc-js';
import { z } from 'zod';
import { ServiceError } from '../errors';
import type { Caller } from '../frontend/context';

const keysSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    role: z.enum(['read', 'operate', 'decide']),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  })
);
export type Key = z.infer<typeof keysSchema>[number];

/** BACKSTITCH_KEYS. Throws a ZodError that names what is wrong. */
export function parseKeys(json: string | undefined): Key[] {
  return json ? keysSchema.parse(JSON.parse(json)) : [];
}

export function authenticate(keys: readonly Key[], metadata: Metadata, peer: string): Caller {
  const header = String(metadata.get('authorization')[0] ?? '');
  if (header) {
    const digest = createHash('sha256')
      .update(header.replace(/^Bearer /i, ''))
      .digest();
    // Every key is compared, so that the time tells nothing.
    const found = keys.filter((key) => timingSafeEqual(Buffer.from(key.sha256, 'hex'), digest))[0];
    if (!found) throw new ServiceError(status.UNAUTHENTICATED, 'This key is not known.');
    return { name: found.name, role: found.role };
  }
  if (/^(127\.|\[?::1\]?|\[?::ffff:127\.|unix:)/.test(peer)) return { name: 'loopback', role: 'operate' };
  throw new ServiceError(status.UNAUTHENTICATED, 'Calls from another machine need a key.');
}

const RANK: Record<Caller['role'], number> = { read: 0, operate: 1, decide: 2 };

/** For further services on the same door. */
export function authorize(
  keys: readonly Key[],
  call: { metadata: Metadata; peer: string },
  role: Caller['role']
): Caller {
  const caller = authenticate(keys, call.metadata, call.peer);
  if (RANK[caller.role] < RANK[role]) {
    throw new ServiceError(
      status.PERMISSION_DENIED,
      `This needs a key with the role '${role}'; ${caller.name} has '${caller.role}'.`
    );
  }
  return caller;
}
