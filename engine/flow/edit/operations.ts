/**
 * The operations by which a draft changes: a closed union. Each carries what it replaces, so that it can be reverted
 * long after, and so that it is noticed when somebody else's words were replaced.
 *
 * Places are ids, never indices: two people who edit at the same time mean what they saw.
 */
import type { DraftBranch, DraftNode, Json, SequencePlace } from './draft';

/**
 * Between two nodes of a sequence. `after` null: at its start; `before` null: at its end. If `after` is gone, `before`
 * is used, then the end of the sequence; if the sequence is gone, the tray.
 */
export interface Slot extends SequencePlace {
  after: string | null;
  before: string | null;
}

/** What a field belongs to: the flow, a node, or a branch of a node. */
export type Target = { node: null } | { node: string; branch?: string };

export type Operation =
  | { op: 'insert'; node: DraftNode; slot: Slot }
  | { op: 'remove'; id: string; was: DraftNode; from: Slot }
  | { op: 'move'; id: string; slot: Slot; from: Slot }
  /** `path`: names of fields within fields; a list is one value. A missing `value` removes the field. */
  | { op: 'set'; target: Target; path: readonly string[]; value?: Json; was?: Json }
  /** Gives a node another id; expressions that read its output follow. */
  | { op: 'rename'; id: string; to: string }
  /** `before`: a branch of the same field; null is the end. */
  | { op: 'addBranch'; parent: string; branch: DraftBranch; before: string | null }
  | { op: 'removeBranch'; parent: string; id: string; was: DraftBranch; before: string | null }
  /**
   * `to`: another node that gets the branch, in the same field; missing: it remains in its own. `from`: what was behind
   * it.
   */
  | { op: 'moveBranch'; parent: string; id: string; before: string | null; from: string | null; to?: string };

/** What a person did in one go: applied as a whole or not at all, and one entry of the history. */
export interface Gesture {
  /** Unique; the same gesture sent twice is applied once. */
  id: string;
  /** The browser tab that made it: one person's history in one place. */
  tab: string;
  /** Number of the draft that the person saw. */
  base: number;
  operations: readonly Operation[];
}

export type RefusalCode =
  /** The node or branch no longer exists. */
  | 'gone'
  /** A node cannot be moved into itself. */
  | 'inside-itself'
  /** Another node or branch has the id. */
  | 'id-taken'
  /** An expression would read something else than before. */
  | 'name-taken'
  /** The kind of node has no such branch, or not so few or so many of them. */
  | 'not-here'
  /** It is no operation of this release, or its content is not JSON that can be kept. */
  | 'malformed'
  | 'too-large';
export interface Refusal {
  code: RefusalCode;
  /** In words: what happened and why. */
  message: string;
}

/** What an operation replaced that its author had not seen: it is shown, and never lost without a word. */
export type Note =
  | { code: 'overwrote'; target: Target; path: readonly string[]; lost: Json | undefined }
  | { code: 'removed-changed'; lost: DraftNode | DraftBranch }
  | { code: 'moved-to-tray'; id: string };
