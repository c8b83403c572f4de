/** What people see and change of their own account. */
import { z } from 'zod';
import { WRITINGS, type WritingName } from '@/engine/flow/values/writing';
import { isTimeZone } from '@/engine/flow/zones';
import { appCodeSchema, deviceAnswerSchema, passwordSchema } from './people';

/** A place where this person is signed in. */
export interface OwnSession {
  id: string;
  /** The one that asks. */
  current: boolean;
  /** The header `user-agent`; null if there was none. */
  userAgent: string | null;
  address: string | null;
  signedInMs: number;
  /** Rounded to a day: a session is renewed once a day while it is used. */
  usedMs: number;
  expiresMs: number;
}
export interface OwnPasskey {
  id: string;
  name: string;
  /** The device shares it with others of the same person. */
  synced: boolean;
  createdMs: number;
  usedMs: number | null;
}
export interface OwnAccount {
  name: string;
  email: string;
  /** This one first, then the one used last. */
  sessions: OwnSession[];
  /** False: the account has no password, so there is nothing that a second factor could follow. */
  password: boolean;
  secondFactor: {
    on: boolean;
    /** How many were not used yet. */
    recoveryCodes: number;
    /** Browsers that need no code. */
    trusted: number;
  };
  /** The account at the OpenID Connect provider that signs this person in; null: none. */
  provider: {
    /** What the provider is called. */
    name: string;
    connectedMs: number;
    /** Why it cannot be disconnected; null: it can be. */
    onlyWay: string | null;
  } | null;
  /** True: everybody who signs in with a password needs a second factor here. */
  secondFactorForAll: boolean;
  /** The newest first. */
  passkeys: OwnPasskey[];
  /** The host at which passkeys can be made; null: the address of this Backstitch has no name. */
  passkeyHost: string | null;
}

export const changePasswordSchema = z.object({
  current: z.string().min(1, 'Enter your password of now.').max(128),
  password: passwordSchema,
});
export type ChangePassword = z.infer<typeof changePasswordSchema>;

export const endSessionsSchema = z.object({
  /** null: all but the one that asks. */
  id: z.string().min(1).max(100).nullable(),
});
export type EndSessions = z.infer<typeof endSessionsSchema>;

/** What turns the second factor on or off is asked for the password: a session may be somebody else's. */
export const ownPasswordSchema = z.object({ password: z.string().min(1, 'Enter your password.').max(128) });
export type OwnPassword = z.infer<typeof ownPasswordSchema>;
/** An app that is not asked for codes until it has shown a first one. */
export interface NewSecondFactor {
  /** `otpauth://totp/…`, for a QR code. */
  uri: string;
  /** The same key to type, base32. */
  key: string;
  /** Each works once, in place of a code. Shown only now. */
  recoveryCodes: string[];
}
export const turnOnSecondFactorSchema = z.object({ code: appCodeSchema });
export type TurnOnSecondFactor = z.infer<typeof turnOnSecondFactorSchema>;
export interface RecoveryCodes {
  recoveryCodes: string[];
}

const passkeyNameSchema = z.string().trim().min(1, 'Enter a name, so that you can tell your passkeys apart.').max(60);
export const addPasskeySchema = z.object({ name: passkeyNameSchema, response: deviceAnswerSchema });
export type AddPasskey = z.infer<typeof addPasskeySchema>;
export const namePasskeySchema = z.object({ name: passkeyNameSchema });
export type NamePasskey = z.infer<typeof namePasskeySchema>;

/** How a person wants to see things. What was never chosen is as this browser has it. */
export const preferencesSchema = z
  .object({
    theme: z.enum(['system', 'light', 'dark']),
    /** 'local': as this browser. 'utc' is what releases before this one call UTC. */
    zone: z
      .string()
      .max(100)
      .refine((zone) => zone === 'local' || zone === 'utc' || isTimeZone(zone), 'This is not the name of a time zone.')
      .transform((zone) => (zone === 'utc' ? 'UTC' : zone)),
    numbers: z.enum(Object.keys(WRITINGS) as [WritingName, ...WritingName[]]),
    /** Of drawings. */
    direction: z.enum(['down', 'sideways']),
  })
  .partial();
export type Preferences = z.infer<typeof preferencesSchema>;
export const choosePreferencesSchema = preferencesSchema.refine((change) => Object.keys(change).length > 0, {
  message: 'Nothing was chosen.',
});
