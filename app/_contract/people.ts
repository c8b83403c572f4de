/**
 * The messages about people, their groups and roles, links for new accounts and passwords, and keys.
 * engine/permissions defines what each role allows.
 */
import { visibleText } from '@/engine/flow/values/text';
import { z } from 'zod';
import { ROLE_NAMES, type Grant, type Role, type Subject } from '@/engine/permissions/permissions';

export type { Grant, Role } from '@/engine/permissions/permissions';

export interface Person extends Subject {
  id: string;
  name: string;
  email: string;
  /** The roles of the person and of their groups. */
  grants: readonly Grant[];
  groups: string[];
}

/** A name is shown beside decisions: an invisible character in it could make it read like the name of somebody else. */
export const isVisible = (name: string): boolean => visibleText(name) === name && !/[\t\n]/.test(name);
export const VISIBLE = 'The name has an invisible character. Type it without.';
const nameSchema = z
  .string()
  .trim()
  .min(1, 'Enter a name. It is shown next to the decisions of this person.')
  .max(120)
  .refine(isVisible, VISIBLE);
export const emailSchema = z.email('This is not an e-mail address.').max(320);
export const passwordSchema = z.string().min(10, 'At least 10 characters.').max(128);

export const firstAccountSchema = z.object({
  name: nameSchema,
  email: emailSchema,
  password: passwordSchema,
  /** The one-time token that the launcher printed; not required on the machine itself. */
  token: z.string().max(200).optional(),
});
export type FirstAccount = z.infer<typeof firstAccountSchema>;
export const signInSchema = z.object({
  email: emailSchema,
  password: z.string().min(1, 'Enter the password.').max(128),
});
export type SignIn = z.infer<typeof signInSchema>;
/** Answer of a sign-in. */
export interface SignedIn {
  /** True: no session began yet, a second factor is needed (`signInWithCode`). */
  secondStep: boolean;
}

/** `back`: the path in Backstitch to return to. */
export const startWithProviderSchema = z.object({ back: z.string().max(8_000) });
export type StartWithProvider = z.infer<typeof startWithProviderSchema>;
/** `url`: of the provider, for the browser. */
export interface StartedWithProvider {
  url: string;
}

/** What a device answered, as the browser hands it over (WebAuthn); the rest of it is checked with its signature. */
export const deviceAnswerSchema = z.looseObject({
  id: z.string().min(1).max(2_000),
  response: z.looseObject({ clientDataJSON: z.string().min(1).max(20_000) }),
});
export const signInWithPasskeySchema = z.object({ response: deviceAnswerSchema });
export type SignInWithPasskey = z.infer<typeof signInWithPasskeySchema>;

/** The six digits of an authenticator app, however they are grouped. */
export const appCodeSchema = z
  .string()
  .max(20)
  .transform((code) => code.replace(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'Enter the six digits that the app shows.'));
/** Ten letters and digits, however they are written. */
const recoveryCodeSchema = z
  .string()
  .max(40)
  .transform((code) => code.toLowerCase().replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^[a-z0-9]{10}$/, 'Enter one of the codes that were shown when you turned this on.'))
  .transform((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
/** `trust`: the next sign-ins in this browser need no code. */
const trustSchema = z.boolean().default(false);
export const signInCodeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('app'), code: appCodeSchema, trust: trustSchema }),
  z.object({ kind: z.literal('recovery'), code: recoveryCodeSchema, trust: trustSchema }),
]);
export type SignInCode = z.infer<typeof signInCodeSchema>;

/** The name in the document of the flow. */
const flowSchema = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'This is not the name of a flow.');
export const grantSchema = z.object({ role: z.enum(ROLE_NAMES), flow: flowSchema.nullable() });
const grantsSchema = z.array(grantSchema).min(1, 'At least one role is needed.').max(50);
export interface OwnGrant {
  role: Role;
  flow: string | null;
}
/** An approval can name it as a candidate, so a comma is not allowed, nor an `@`, which marks an e-mail address. */
export const groupNameSchema = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,62}$/u,
    'Letters, digits, spaces, dots and dashes; at most 63 characters.'
  );

/** A row in Settings, People. */
export interface PersonRow {
  id: string;
  name: string;
  email: string;
  /** Their own roles, without the roles of their groups. */
  grants: OwnGrant[];
  groups: string[];
  createdMs: number;
  /** The time of their last sign-in in the audit trail. */
  lastSeenMs: number | null;
  /** A sign-in with the password needs a code as well. */
  secondFactor: boolean;
  /** How many they have. */
  passkeys: number;
  /** They sign in with a password, and have neither an app nor a passkey. */
  lacksFactor: boolean;
  deactivatedMs: number | null;
}
/** Whether everybody who signs in with a password needs a second factor. */
export interface SecondFactorRule {
  forAll: boolean;
  /** Who changed it last; null: nobody ever did. */
  changedBy: string | null;
  changedMs: number | null;
}
export const setSecondFactorRuleSchema = z.object({ forAll: z.boolean() });
export type SetSecondFactorRule = z.infer<typeof setSecondFactorRuleSchema>;
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
  /** Names of published flows, to choose roles for one flow; null while the engine is away. */
  flows: string[] | null;
  /** True if a mail server is configured, so that links can be mailed. */
  mail: boolean;
  secondFactorRule: SecondFactorRule;
  /** What the OpenID Connect provider is called; null: there is none. */
  provider: string | null;
  readAtMs: number;
}

export const inviteSchema = z.object({
  email: emailSchema,
  name: z.string().trim().max(120).refine(isVisible, VISIBLE).default(''),
  grants: grantsSchema,
  groups: z.array(groupNameSchema).max(100).default([]),
  /** Also send the link by mail. */
  mail: z.boolean().default(false),
});
export type Invite = z.infer<typeof inviteSchema>;
/** A link that is shown only once. */
export interface MadeLink {
  id: string;
  /** The address to open; anybody who has it can use it. */
  url: string;
  email: string;
  expiresMs: number;
  /** Null if no mail was requested. */
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
  /** Also revoke the keys of this person. */
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

/** The data of the page behind a link. */
export const lookAtLinkSchema = z.object({ token: z.string().min(1).max(200) });
export interface EntryLinkView {
  kind: 'invite' | 'reset';
  email: string;
  name: string;
  createdBy: string;
  expiresMs: number;
}
export const forgotPasswordSchema = z.object({ email: emailSchema });
export type ForgotPassword = z.infer<typeof forgotPasswordSchema>;
export const useLinkSchema = z.object({
  token: z.string().min(1).max(200),
  /** For an invitation. */
  name: z.string().trim().max(120).refine(isVisible, VISIBLE).default(''),
  password: passwordSchema,
});
export type UseLink = z.infer<typeof useLinkSchema>;

export const createKeySchema = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Enter a name, so that the keys can be told apart.')
    .max(100)
    .refine(isVisible, VISIBLE),
  grants: grantsSchema,
  /** Days until the key expires; null: never. */
  days: z.number().int().min(1).max(3_650).nullable(),
});
export type CreateKey = z.infer<typeof createKeySchema>;
export interface KeyRow {
  id: string;
  name: string;
  /** The last characters of the key. */
  ending: string;
  grants: OwnGrant[];
  owner: { id: string; name: string };
  /** The owner has no permissions any more, so calls with the key are refused. */
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
  /** 'host:port' of the engine for programs. */
  engineAddress: string;
  readAtMs: number;
}
export interface MadeKey {
  key: KeyRow;
  /** Shown only once. */
  secret: string;
}
