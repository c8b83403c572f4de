/** Who calls the engine, as its door found out: from a key, or from the lack of one. Never from a field of the request. */
import type { Grant, Subject } from './permissions';

export interface Caller extends Subject {
  /** Recorded as who asked. */
  name: string;
  /** Who decides when this caller decides: a key's owner; null: nobody who could (a process, a client without a key). */
  person: { id: string; name: string; groups: readonly string[] } | null;
  /** Names a stored key, which can be revoked while a call is open; null for others. */
  keyId: string | null;
}

/** What is recorded of a client on this machine without a key, whatever it says about itself. */
export const WITHOUT_KEY = 'local, without a key';

export const localCaller = (): Caller => processCaller(WITHOUT_KEY, [{ role: 'local', flow: null }]);

/** A process of the product, or a program, that is no person. */
export function processCaller(name: string, grants: readonly Grant[]): Caller {
  return { name, grants, person: null, keyId: null };
}
