/** The table of keys as the engine's door asks it: from a digest to who calls. */
import { status } from '@grpc/grpc-js';
import type { KeyTable, StoredKey } from '../../keys/key-table';
import type { Caller } from '../../permissions/caller';
import { ServiceError } from '../errors';
import type { KeySource } from './keys';

/** `find` rejects with UNAVAILABLE while the table cannot be read. */
export function storedKeys(keys: KeyTable): KeySource {
  return {
    async find(sha256) {
      const key = await keys.find(sha256).catch(() => {
        throw new ServiceError(status.UNAVAILABLE, 'Keys cannot be checked now. Try again.');
      });
      return key && callerOf(key);
    },
    onEnd: (keyId, listener) => keys.onEnd(keyId, listener),
  };
}

/** A key's calls are its owner's: what is recorded is the owner's name, and no key may what its owner may not. */
function callerOf({ id, name, owner, grants }: StoredKey): Caller {
  const recorded = `${owner.name} (key '${name}')`;
  return {
    name: recorded,
    grants,
    within: { grants: owner.grants },
    // An e-mail address is a group of one: an approval may name it.
    person: { id: owner.id, name: recorded, groups: [...owner.groups, owner.email.toLowerCase()] },
    keyId: id,
  };
}
