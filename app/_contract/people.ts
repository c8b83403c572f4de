/** People, their groups and roles, the links by which they come in, and keys. What a role allows is said in engine/permissions. */
import { z } from 'zod';
import { ROLE_NAMES, type Grant, type Role, type Subject } from '@/engine/permissions/permissions';

export type { Grant, Role } from '@/engine/permissions/permissions';

export interface Person extends Subject {
  id: string;
  name: string;
  email: string;
  /** Roles of the person and of their groups. */
  grants: readonly Grant[];
  groups: string[];
}

const nameSchema = z.string().trim().min(1, 'A name is needed: it is shown beside what this person decides.').max(120);
const emailSchema = z.email('This is not an e-mail address.').max(320);
const passwordSchema = z.string().min(10, 'At least 10 characters.').max(128);

export const firstAccountSchema = z.object({
  name: nameSchema,
  email: emailSchema,
  password: passwordSchema,
  /** The one-time token that the launcher printed; not needed on the machine itself. */
  token: z.string().max(200).optional(),
});
export type FirstAccount = z.infer<typeof firstAccountSchema>;
export const signInSchema = z.object({
  email: emailSchema,
  password: z.string().min(1, 'The password is missing.').max(128),
});
export type SignIn = z.infer<typeof signInSchema>;

/** As a flow's document names it. */
const flowSchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'This is not the name of a flow.');
export const grantSchema = z.object({ role: z.enum(ROLE_NAMES), flow: flowSchema.nullable() });
const grantsSchema = z.array(grantSchema).min(1, 'At least one role is needed.').max(50);
export interface OwnGrant {
  role: Role;
  flow: string | null;
}
/** A candidate of an approval may be one: no comma, no `@`, which an e-mail address has. */
export const groupNameSchema = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u, 'Letters, digits, spaces, dots and dashes; at most 63 characters.');

/** A row of Settings, People. */
export interface PersonRow {
  id: string;
  name: string;
  email: string;
  /** Their own roles, without those of groups. */
  grants: OwnGrant[];
  groups: string[];
  createdMs: number;
  /** When they last signed in, as far as the audit trail says. */
  lastSeenMs: number | null;
  deactivatedMs: number | null;
}
export interface InvitationRow {
  id: string;
  kind: 'invite' | 'reset';
  email: string;
  name: string;
  grants: OwnGrant[];
  groups: string[];
  createdBy: string;
  createdMs: number;
  expiresMs: number;
}
export interface GroupRow {
  name: string;
  members: { id: string; name: string }[];
  grants: OwnGrant[];
}
/** Answer of GET /api/people. */
export interface PeopleList {
  people: PersonRow[];
  /** Links that can still be used. */
  invitations: InvitationRow[];
  groups: GroupRow[];
  /** Names of published flows, for roles of one flow; null while the engine is away. */
  flows: string[] | null;
  /** Links can be mailed from here. */
  mail: boolean;
  readAtMs: number;
}

export const inviteSchema = z.object({
  email: emailSchema,
  name: z.string().trim().max(120).default(''),
  grants: grantsSchema,
  groups: z.array(groupNameSchema).max(100).default([]),
  /** Send the link by mail too. */
  mail: z.boolean().default(false),
});
export type Invite = z.infer<typeof inviteSchema>;
/** A link that is shown this once. */
export interface MadeLink {
  id: string;
  /** The address to open; whoever has it may use it. */
  url: string;
  email: string;
  expiresMs: number;
  /** Null: mailing was not asked for. */
  mailed: { ok: boolean; message: string } | null;
}
export const resetPasswordSchema = z.object({ mail: z.boolean().default(false) });
export type ResetPassword = z.infer<typeof resetPasswordSchema>;
export const setRolesSchema = z.object({
  grants: z.array(grantSchema).max(50),
  groups: z.array(groupNameSchema).max(100),
});
export type SetRoles = z.infer<typeof setRolesSchema>;
export const deactivateSchema = z.object({
  /** End the keys of this person too. */
  revokeKeys: z.boolean().default(true),
  reason: z.string().trim().max(500).default(''),
});
export type Deactivate = z.infer<typeof deactivateSchema>;
export const putGroupSchema = z.object({
  name: groupNameSchema,
  members: z.array(z.string().min(1).max(200)).max(1_000),
  grants: z.array(grantSchema).max(50),
});
export type PutGroup = z.infer<typeof putGroupSchema>;
export const nothingSchema = z.object({});

/** What the page behind a link shows. */
export const lookAtLinkSchema = z.object({ token: z.string().min(1).max(200) });
export interface EntryLinkView {
  kind: 'invite' | 'reset';
  email: string;
  name: string;
  createdBy: string;
  expiresMs: number;
}
export const useLinkSchema = z.object({
  token: z.string().min(1).max(200),
  /** For an invitation. */
  name: z.string().trim().max(120).default(''),
  password: passwordSchema,
});
export type UseLink = z.infer<typeof useLinkSchema>;

export const createKeySchema = z.object({
  name: z.string().trim().min(1, 'A name is needed, to tell keys apart.').max(100),
  grants: grantsSchema,
  /** Days until it ends; null: never. */
  days: z.number().int().min(1).max(3_650).nullable(),
});
export type CreateKey = z.infer<typeof createKeySchema>;
export interface KeyRow {
  id: string;
  name: string;
  /** Its last characters. */
  ending: string;
  grants: OwnGrant[];
  owner: { id: string; name: string };
  /** The owner may nothing any more, so the key is not answered. */
  ownerInactive: boolean;
  createdMs: number;
  expiresMs: number | null;
  revokedMs: number | null;
  revokedBy: string | null;
  lastUsedMs: number | null;
}
/** Answer of GET /api/keys. */
export interface KeyList {
  keys: KeyRow[];
  flows: string[] | null;
  /** 'host:port' where programs find the engine. */
  engineAddress: string;
  readAtMs: number;
}
export interface MadeKey {
  key: KeyRow;
  /** Shown this once. */
  secret: string;
}
