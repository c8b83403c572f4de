/** Webhooks in: an address at which another system starts runs of a flow, or signals them. */
import { z } from 'zod';
import { isVisible, VISIBLE } from './people';

export const MOST_HOOKS = 50;
/** Deliveries of a webhook that are shown to whoever looks for a fault. */
export const MOST_DELIVERIES = 20;

/** JSON Pointer (RFC 6901): '/data/order'; '' is the whole body. */
const pointerSchema = z
  .string()
  .trim()
  .max(500)
  .regex(/^(\/([^~]|~[01])*)*$/, "Begin with '/', for example '/data/order'.");
const headerSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(1, 'Enter the name of the header.')
  .max(100)
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]+$/, 'A header has no spaces and no colon.');

/** How the sender proves that a delivery is its own. */
export const proofSchema = z.discriminatedUnion('kind', [
  /** Standard Webhooks: signed with its id and its time, at most five minutes old. */
  z.object({ kind: z.literal('standard') }),
  /** HMAC-SHA256 of the body, hexadecimal, behind the prefix: GitHub's 'sha256='. */
  z.object({ kind: z.literal('hmac'), header: headerSchema, prefix: z.string().max(50) }),
  /** The secret itself in a header. */
  z.object({ kind: z.literal('token'), header: headerSchema }),
]);
export type Proof = z.infer<typeof proofSchema>;

/** By what a repeated delivery is recognised. Of Standard Webhooks it is always the header of its id. */
export const deliveryIdSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('header'), header: headerSchema }),
  z.object({ kind: z.literal('body'), pointer: pointerSchema.refine((at) => at !== '', 'Name one field.') }),
  z.object({ kind: z.literal('none') }),
]);
export const actionSchema = z.discriminatedUnion('kind', [
  /** `runId`: where the body has the id of the run; '': Backstitch makes one. */
  z.object({ kind: z.literal('start'), runId: pointerSchema }),
  z.object({
    kind: z.literal('signal'),
    signal: z.string().min(1, 'Choose a signal.').max(200),
    runId: pointerSchema.refine((at) => at !== '', 'Say where the body has the id of the run.'),
  }),
]);

export const putHookSchema = z.object({
  /** Chosen by who makes it. */
  id: z.uuid(),
  flow: z.string().min(1).max(200),
  title: z
    .string()
    .trim()
    .min(1, 'Enter a name, so that webhooks can be told apart.')
    .max(100)
    .refine(isVisible, VISIBLE),
  proof: proofSchema,
  deliveryId: deliveryIdSchema,
  action: actionSchema,
  /** What of the body is the input of the run or of the signal. */
  input: pointerSchema,
  /** The sender's own secret; ''. A new webhook then gets one that is shown once, another one keeps its own. */
  secret: z.string().trim().max(500).default(''),
});
export type PutHook = z.infer<typeof putHookSchema>;

export interface HookDelivery {
  id: string;
  atMs: number;
  /** 'done', 'again' or the code of a refusal. */
  outcome: string;
  /** Why it was refused; null: it was not. */
  message: string | null;
  /** The run that it started or signalled, if there is one. */
  run: { workflowId: string; runId: string } | null;
}
export interface Hook extends Omit<PutHook, 'secret'> {
  owner: { id: string; name: string };
  /** Why deliveries are refused now: the owner may not do this any more. Null: they are taken. */
  whyNot: string | null;
  createdMs: number;
  /** The newest first. */
  deliveries: HookDelivery[];
}
export interface HookList {
  /** By title. */
  hooks: Hook[];
  /** Signals that the newest version declares. */
  signals: string[];
  /** Where this Backstitch is. */
  origin: string;
}
export interface PutHookDone {
  hook: Hook;
  /** Shown only once; null: it is the one of before, or the sender's own. */
  secret: string | null;
}
export interface HookAnswer {
  workflowId: string;
  runId: string;
  /** The same delivery had come before: nothing more was done. Of a signal to an open run it is not known. */
  again: boolean;
}
export const hooksQuerySchema = z.object({ flow: z.string().min(1).max(200) });
