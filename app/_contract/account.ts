/** What people see and change of their own account. */
import { z } from 'zod';
import { passwordSchema } from './people';

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
export interface OwnAccount {
  name: string;
  email: string;
  /** This one first, then the one used last. */
  sessions: OwnSession[];
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
