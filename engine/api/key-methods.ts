/**
 * The methods of `backstitch.v1` that create, revoke and check keys. The web calls them for a person that it has
 * authenticated.
 */
import { status, type handleUnaryCall } from '@grpc/grpc-js';
import { z } from 'zod';
import type { KeyOwner, KeyTable, StoredKey } from '../keys/key-table';
import type { Caller } from '../permissions/caller';
import { PROCESS_ROLES, ROLE_NAMES, type Grant, type Operation, type ProcessRole } from '../permissions/permissions';
import type {
  CheckKeyRequest,
  CheckKeyResponse,
  CreateKeyRequest,
  CreateKeyResponse,
  KeyMessage,
  KeyOwnerMessage,
  ListKeysResponse,
  PutKeyOwnerRequest,
  RevokeKeyRequest,
  RevokeKeyResponse,
} from './messages';

const grantsSchema = z.array(z.strictObject({ role: z.enum(ROLE_NAMES), flow: z.string().min(1).nullable() }));
/**
 * The permissions of a person. They include the roles of processes, because in tests a process can act for people.
 */
const ownerGrantsSchema = z.array(
  z.strictObject({
    role: z.enum([...ROLE_NAMES, ...(Object.keys(PROCESS_ROLES) as ProcessRole[])]),
    flow: z.string().min(1).nullable(),
  })
);

export interface KeyMethodsOptions {
  keys: KeyTable;
  unary: <Request, Response>(
    method: string,
    operation: Operation,
    perform: (request: Request, caller: Caller) => Promise<Response>
  ) => handleUnaryCall<Request, Response>;
}

export function keyMethods({ keys, unary }: KeyMethodsOptions) {
  return {
    ListKeys: unary<object, ListKeysResponse>('ListKeys', 'people.speakFor', async () => ({
      keys: (await keys.list()).map(messageOf),
    })),
    CreateKey: unary<CreateKeyRequest, CreateKeyResponse>('CreateKey', 'people.speakFor', async (request) => {
      const grants = grantsOf('grants_json', request.grantsJson, grantsSchema);
      if (grants.length === 0) throw invalid('grants_json: a key has at least one role');
      const name = request.name.trim();
      if (name === '' || name.length > 100) throw invalid('name: 1 to 100 characters');
      const { key, secret } = await keys.create({
        name,
        grants,
        owner: ownerOf(request.owner),
        expiresMs: request.expiresMs || null,
        createdBy: request.createdBy,
      });
      return { key: messageOf(key), secret };
    }),
    RevokeKey: unary<RevokeKeyRequest, RevokeKeyResponse>('RevokeKey', 'people.speakFor', async ({ id, revokedBy }) => {
      const key = await keys.revoke(id, revokedBy);
      return { key: key && messageOf(key) };
    }),
    CheckKey: unary<CheckKeyRequest, CheckKeyResponse>('CheckKey', 'keys.check', async ({ sha256 }) => {
      const key = await keys.find(sha256);
      return { key: key && messageOf(key) };
    }),
    PutKeyOwner: unary<PutKeyOwnerRequest, object>('PutKeyOwner', 'people.speakFor', async ({ owner }) => {
      await keys.putOwner(ownerOf(owner));
      return {};
    }),
  };
}

function ownerOf(owner: KeyOwnerMessage | null | undefined): KeyOwner {
  if (!owner?.id) throw invalid('owner.id is empty');
  const { id, name, email, groups, grantsJson } = owner;
  return { id, name, email, groups, grants: grantsOf('owner.grants_json', grantsJson, ownerGrantsSchema) };
}

function grantsOf(field: string, json: string, schema: z.ZodType<Grant[]>): Grant[] {
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    throw invalid(`${field}: a list of { role, flow } with known roles is expected`);
  }
}

const invalid = (message: string) =>
  Object.assign(new Error(message), { code: status.INVALID_ARGUMENT, details: message });

function messageOf({ owner, grants, ...key }: StoredKey): KeyMessage {
  const { id, name, ending, createdBy, createdMs } = key;
  return {
    id,
    name,
    ending,
    grantsJson: JSON.stringify(grants),
    owner: {
      id: owner.id,
      name: owner.name,
      email: owner.email,
      groups: owner.groups,
      grantsJson: JSON.stringify(owner.grants),
    },
    createdBy,
    createdMs,
    expiresMs: key.expiresMs ?? 0,
    revokedMs: key.revokedMs ?? 0,
    revokedBy: key.revokedBy ?? '',
    lastUsedMs: key.lastUsedMs ?? 0,
  };
}
