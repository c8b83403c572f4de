/** The messages about guests: people without an account who decide one task by a link. */
import { z } from 'zod';
import type { JsonSchema } from '@/engine/flow/document';
import { decideTaskSchema, type DecisionReceipt, type TaskDecision } from './inbox';
import { emailSchema, isVisible, VISIBLE } from './people';

export const inviteGuestSchema = z.object({
  /** Of the request: sent twice, it is one link. */
  requestId: z.uuid(),
  email: emailSchema.transform((text) => text.toLowerCase()),
  name: z
    .string()
    .trim()
    .min(1, 'Enter a name. It is shown next to the decision.')
    .max(120)
    // It is told apart from the address and from who invites.
    .regex(/^[^<>,]*$/, 'Write it without < > and commas.')
    .refine(isVisible, VISIBLE),
  /** The candidate in whose place they decide; null where everybody may decide. */
  decidesFor: z.string().min(1).max(500).nullable(),
  days: z.number().int().min(1).max(30),
  /** Also send the link by mail. */
  mail: z.boolean(),
});
export type InviteGuest = z.infer<typeof inviteGuestSchema>;

export interface Guest {
  id: string;
  name: string;
  email: string;
  decidesFor: string | null;
  by: string;
  createdMs: number;
  expiresMs: number;
  state: 'open' | 'used' | 'revoked' | 'expired';
}
export interface GuestInvited {
  guest: Guest;
  /** Whoever has it can decide, once. Shown only now. */
  url: string;
}
export interface GuestList {
  /** The newest first. */
  guests: Guest[];
  /** Candidates in whose place a guest can decide; empty: everybody may decide. */
  candidates: string[];
  /** True if a mail server is configured, so that links can be mailed. */
  mail: boolean;
}

const token = z.string().min(1).max(500);
export const lookAsGuestSchema = z.object({ token });
/** What the page behind the link shows: what the page of the task shows, and nothing else. */
export interface GuestTask {
  name: string;
  email: string;
  /** Who invited them. */
  by: string;
  expiresMs: number;
  /** Null: there is nothing left to decide, or they have decided. */
  task: {
    title: string;
    question: string;
    data: unknown;
    dataHash: string;
    schema: JsonSchema | null;
    decisions: TaskDecision[];
    dueAtMs: number | null;
  } | null;
  /** Why there is no task, in a sentence. */
  over: string | null;
}
export const decideAsGuestSchema = decideTaskSchema.omit({ decisionId: true }).extend({ token });
export type DecideAsGuest = z.infer<typeof decideAsGuestSchema>;
export type GuestReceipt = Pick<DecisionReceipt, 'outcome' | 'decision' | 'by' | 'atMs'>;
