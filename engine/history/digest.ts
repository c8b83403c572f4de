/**
 * The chained digest over a run's committed batches: SHA-256 of (previous digest, bytes of the batch), all zeros at
 * first. It is stored in the side state of the same commit, so a batch that is changed, lost, added or moved is
 * detected.
 */
import { hash } from 'node:crypto';

const LENGTH = 32;
export const emptyDigest = (): Uint8Array => new Uint8Array(LENGTH);

export function chainDigest(previous: Uint8Array, batch: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LENGTH + batch.length);
  bytes.set(previous);
  bytes.set(batch, LENGTH);
  return hash('sha256', bytes, 'buffer');
}
