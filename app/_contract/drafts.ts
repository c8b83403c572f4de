/**
 * The messages about drafts: flows while they are drawn (engine/flow/edit). A draft changes only by gestures, which the
 * server puts in order: each that is applied increases the number of the draft by one. Gestures are sent by REST; the
 * socket only announces the new number, and a browser then reads what it does not have.
 */
import { z } from 'zod';
import { isUnseen } from '@/engine/flow/values/unseen';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import type { TemplateRef } from './templates';
import type { Gesture, Note, Operation, Refusal } from '@/engine/flow/edit/operations';

export interface DraftPerson {
  id: string;
  name: string;
}
export interface DraftSummary {
  id: string;
  /** The fields `title` and `name` of the flow in the draft. */
  title: string;
  name: string;
  /** The flow that has been published from this draft, or from whose version it was made; null: none yet. */
  flow: string | null;
  /** The version that the draft was made from or last published as; null: none. */
  base: number | null;
  /** The revision of the base that was live then; null: none, or it was not recorded. */
  baseRevision: string | null;
  /** The revision of the base that is live now; null: none, or not known because the engine is away. */
  liveRevision: string | null;
  /** The newest version of `flow`; null: none, or not known because the engine is away. */
  newest: number | null;
  /** Counts the gestures that were applied. */
  number: number;
  /** The number when the base was published or loaded: if it is the same as `number`, nothing was changed since. */
  baseNumber: number;
  steps: number;
  tags: string[];
  /** The template that the flow was made from; null: none, or one that is no longer there. */
  template: TemplateRef | null;
  createdBy: DraftPerson;
  createdMs: number;
  changedBy: DraftPerson;
  changedMs: number;
  archivedMs: number | null;
}

/** A draft in the list. */
export interface DraftRow extends DraftSummary {
  /** Who has it open now, each person once. */
  editing: DraftPerson[];
}
/** Bytes of a draft as JSON. */
export const DRAFT_BYTES_MOST = 2 * 1024 * 1024;

/** The list has as much of a title or name, so that a longer search finds nothing. */
export const LONGEST_SEARCH = 200;
export const draftsQuerySchema = z.object({
  /** Of the page before: the answer continues after it. */
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  /** Part of a title or name. */
  search: z.string().trim().max(LONGEST_SEARCH).default(''),
  tag: z.string().max(40).optional(),
  archived: z.stringbool().default(false),
});
export type DraftsQuery = z.output<typeof draftsQuerySchema>;
export interface DraftList {
  /**
   * Those that changed last first. The first page has also every open draft of a published flow, so that the list of
   * flows has them all.
   */
  drafts: DraftRow[];
  /** The cursor of the next page; null: this is the last. */
  next: string | null;
  /** All tags of drafts, sorted. */
  tags: string[];
}

/** A gesture of the log, as its author made it. */
export interface LoggedGesture {
  /** The number of the draft after it. */
  number: number;
  id: string;
  tab: string;
  by: DraftPerson;
  atMs: number;
  operations: readonly Operation[];
  /** The gesture that this one takes back, or does again; null: neither. */
  reverts: string | null;
}
/** A gesture of the person who asks, with what takes it back: the entries of 'Revert' after a reload. */
export interface OwnGesture extends LoggedGesture {
  inverse: readonly Operation[];
}
export interface DraftDetail {
  summary: DraftSummary;
  draft: Draft;
  /** Ids of steps follow their titles, because nothing was published from this draft yet. */
  idsFollowTitles: boolean;
  /** The newest gestures of the person who asks, at most 200, oldest first. */
  own: OwnGesture[];
}

const json: z.ZodType<unknown> = z.unknown().refine((value) => value !== undefined, 'is missing');
/**
 * Not `z.record`, which would leave out a field named `__proto__` without a word: engine/flow/edit refuses it by name.
 */
const fields = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object'
);
const id = z.uuid().toLowerCase();
const branch = z.strictObject({
  id: z.string(),
  at: z.string(),
  fields,
  get steps() {
    return z.array(node);
  },
});
const node = z.strictObject({
  id: z.string(),
  kind: z.string(),
  fields,
  get branches() {
    return z.array(branch);
  },
});
const slot = z.strictObject({
  parent: z.string().nullable(),
  branch: z.string().nullable(),
  after: z.string().nullable(),
  before: z.string().nullable(),
});
const target = z.union([
  z.strictObject({ node: z.null() }),
  z.strictObject({ node: z.string(), branch: z.string().optional() }),
]);
const operationSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('insert'), node, slot }),
  z.strictObject({ op: z.literal('remove'), id: z.string(), was: node, from: slot }),
  z.strictObject({ op: z.literal('move'), id: z.string(), slot, from: slot }),
  z.strictObject({
    op: z.literal('set'),
    target,
    path: z.array(z.string()).min(1).max(100),
    value: json.optional(),
    was: json.optional(),
  }),
  z.strictObject({ op: z.literal('rename'), id: z.string(), to: z.string() }),
  z.strictObject({ op: z.literal('addBranch'), parent: z.string(), branch, before: z.string().nullable() }),
  z.strictObject({
    op: z.literal('removeBranch'),
    parent: z.string(),
    id: z.string(),
    was: branch,
    before: z.string().nullable(),
  }),
  z.strictObject({
    op: z.literal('moveBranch'),
    parent: z.string(),
    id: z.string(),
    before: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().optional(),
  }),
]) as z.ZodType<Operation>;

export const sentGestureSchema = z.strictObject({
  id,
  tab: z.string().min(1).max(64),
  base: z.int().min(0),
  operations: z.array(operationSchema).min(1).max(2_000),
  reverts: id.nullable().default(null),
});
export type SentGesture = z.infer<typeof sentGestureSchema> & Gesture;

export const sendGesturesSchema = z.strictObject({
  /** In the order in which they were made. */
  gestures: z.array(sentGestureSchema).min(1).max(100),
  /** The number of the draft that the browser has: the answer contains what others did since. */
  since: z.int().min(0),
});
export type SendGestures = z.infer<typeof sendGesturesSchema>;

/** What became of a gesture. The same one sent twice has the same answer, and is applied once. */
export type GestureAnswer =
  | { id: string; status: 'applied'; number: number; inverse: readonly Operation[]; notes: Note[] }
  /** Nothing of it was applied. */
  | { id: string; status: 'refused'; refusal: Refusal };

/** What happened to a draft since a number; `draft` instead of gestures if those are no longer kept one by one. */
export type DraftChanges =
  { number: number; gestures: LoggedGesture[]; draft: null } | { number: number; gestures: null; draft: Draft };
/** The changes contain the sent gestures that were applied, at their places. */
export interface GesturesAnswer {
  answers: GestureAnswer[];
  changes: DraftChanges;
}

export const createDraftSchema = z.strictObject({
  /** Chosen by the browser: the same request sent twice makes one draft. */
  id,
  from: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('empty'), title: z.string().trim().min(1).max(120) }),
    /** An exported flow document of any released format. */
    z.strictObject({ kind: z.literal('document'), document: z.unknown() }),
    /** To go on with a flow: the draft belongs to it. If an open draft of this flow exists, that one is answered. */
    z.strictObject({ kind: z.literal('version'), flow: z.string(), version: z.int().min(1).optional() }),
    /** Another flow, with a name of its own. */
    z.strictObject({ kind: z.literal('copy'), draft: id }),
    /** A template that comes with the product; the services that it calls are connected if they are not yet. */
    z.strictObject({ kind: z.literal('template'), template: z.string().min(1).max(200) }),
    z.strictObject({ kind: z.literal('copyVersion'), flow: z.string(), version: z.int().min(1).optional() }),
  ]),
});
export type CreateDraft = z.infer<typeof createDraftSchema>;

/** One person's work in one stretch: gestures of one tab without a pause of half an hour between them. */
export interface DraftHistoryEntry {
  /** The draft after the last of its gestures. */
  number: number;
  /** The draft before the first of them. */
  since: number;
  /**
   * The tab of the gestures; null: of a day that is no longer kept gesture by gesture, and of how the draft was
   * created.
   */
  tab: string | null;
  by: DraftPerson;
  fromMs: number;
  toMs: number;
  gestures: number;
  /** Ids of steps that were touched, at most ten. */
  touched: string[];
  /** Who else worked on it: of a day that is no longer kept gesture by gesture, which is one entry. */
  others: DraftPerson[];
}
export interface DraftHistory {
  /** Newest first; the last one, of no gestures, is how the draft was created. */
  entries: DraftHistoryEntry[];
}

/** What was done in a stretch, gesture by gesture: in words, once it is applied to the draft before it. */
export interface DraftStretch {
  before: Draft;
  /** Of everybody, at most the newest 200. */
  gestures: LoggedGesture[];
}

/** Makes the newest version the base of a draft whose base is older, or the live revision of its own base. */
export const rebaseDraftSchema = z.strictObject({
  /** The newest version that the person has seen, or the base: refused if there is a newer one. */
  onto: z.int().min(1),
  /** Its live revision that the person has seen: refused if another one is live. */
  revision: z.string().max(40).optional(),
  /** The id of the gesture, chosen by the browser. */
  gesture: id,
  /** Take over what changed from the base to that version; false: publishing replaces it. */
  take: z.boolean(),
});
export type RebaseDraft = z.infer<typeof rebaseDraftSchema>;
export interface RebasedDraft {
  summary: DraftSummary;
  /** What was not taken over, because the draft has something else there: why, in words. */
  skipped: string[];
}

/** A draft has at most so many tags. */
export const TAGS_MOST = 20;
const tag = z
  .string()
  .trim()
  .max(40)
  .refine((text) => !isUnseen(text), 'A tag has a character that can be seen.');
const tags = z.array(tag).max(2 * TAGS_MOST);
/** Each once, as it was written first: 'VIP' and 'vip' are one tag. */
export function distinctTags(all: readonly string[]): string[] {
  const lower = all.map((each) => each.toLowerCase());
  return all.filter((_, index) => lower.indexOf(lower[index]!) === index);
}
/** Only what changes, because somebody else may have tagged the draft meanwhile. */
export const tagDraftSchema = z.strictObject({ add: tags, remove: tags });
export type TagDraft = z.infer<typeof tagDraftSchema>;
/** Makes the draft again what it was at a number, as one gesture. */
export const restoreDraftSchema = z.strictObject({ number: z.int().min(0), gesture: id });
export type RestoreDraft = z.infer<typeof restoreDraftSchema>;

export const publishDraftSchema = z.strictObject({
  /** The number that the publisher saw: refused if the draft has changed since. */
  number: z.int().min(0),
  note: z.string().max(2_000).optional(),
});
export type PublishDraft = z.infer<typeof publishDraftSchema>;

/** Steps in a clipboard. Their content is checked when they are inserted. */
export const copiedNodesSchema = z.array(node).min(1).max(2_000) as z.ZodType<DraftNode[]>;
