/**
 * The caller of the engine, as its server identified it: by a key, or by the absence of a key. Never by a field of
 * the request.
 */
import type { Grant, Subject } from './permissions';

export interface Caller extends Subject {
  /** Recorded as the author of a request. */
  name: string;
  /**
   * The person who is recorded for a decision of this caller: the owner of the key. null: not a person (a process, or
   * a client without a key).
   */
  person: { id: string; name: string; groups: readonly string[] } | null;
  /** Identifies a stored key, which can be revoked while a call is open; null for other callers. */
  keyId: string | null;
}

/** The recorded author for a client on this machine without a key, whatever the client itself claims. */
export const WITHOUT_KEY = 'local, without a key';

export const localCaller = (): Caller => processCaller(WITHOUT_KEY, [{ role: 'local', flow: null }]);

/** A process of the product, or a program, that is not a person. */
export function processCaller(name: string, grants: readonly Grant[]): Caller {
  return { name, grants, person: null, keyId: null };
}
