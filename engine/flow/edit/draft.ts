/**
 * A draft: a flow while it is drawn. Its structure is always valid (ids are unique, branches are where their kind has
 * them), but the content of a field may be missing or wrong: that is a problem to show, never a reason not to open it
 * (design D13).
 *
 * All kinds of nodes have one shape here, so that one operation serves all of them: the fields of a node, and its
 * branches, handlers of failures among them. `documentOf` turns a draft into the document that layout, linter and
 * compiler read.
 *
 * Drafts are immutable: an edit copies the path to what it changes, and everything else stays the same object.
 */
import type { FlowDocument, FlowNode, NodeKind } from '../document';
import { factsOf } from '../nodes/table';
import { TreeIndex } from './tree-index';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Fields = { readonly [name: string]: Json };

export const isFields = (value: Json | undefined): value is { [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface DraftBranch {
  /** Unique in its node. */
  id: string;
  /** The field of the node that contains it: 'branches', 'otherwise', 'onReject', 'catch', … */
  at: string;
  fields: Fields;
  steps: readonly DraftNode[];
}
export interface DraftNode {
  id: string;
  kind: NodeKind;
  /** The title among them. */
  fields: Fields;
  branches: readonly DraftBranch[];
}
export interface Draft {
  /** Fields of the flow: name, title, input, variables, … */
  flow: Fields;
  steps: readonly DraftNode[];
  /** Detached nodes: kept, not drawn into the flow and not compiled. */
  tray: readonly DraftNode[];
}

/** How the field of a node contains a branch; null: it contains none. */
export function holdOf(kind: NodeKind, at: string): Hold | null {
  const { holds } = factsOf({ kind } as FlowNode);
  return Object.hasOwn(holds, at) ? holds[at]! : null;
}
type Hold = ReturnType<typeof factsOf>['holds'][string];
/** There is at most one such branch in a node, and its id is the name of its field. */
export const isSingle = (hold: Hold | null | undefined) => hold === 'branch' || hold === 'steps' || hold === 'body';

/** Branches of a node are in the order of the fields that contain them. */
export function rankOf(kind: NodeKind, at: string): number {
  return Object.keys(factsOf({ kind } as FlowNode).holds).indexOf(at);
}
export function inOrder(node: DraftNode): DraftNode {
  const branches = node.branches
    .map((branch) => ({ ...branch, steps: branch.steps.map(inOrder) }))
    .sort((a, b) => rankOf(node.kind, a.at) - rankOf(node.kind, b.at));
  return { ...node, branches };
}
export function draftOf(document: FlowDocument): Draft {
  const { format: _, steps, ...flow } = document;
  return { flow: plain(flow), steps: steps.map(draftNodeOf), tray: [] };
}

/** A node of a document as a draft has it. */
export function draftNodeOf(node: FlowNode): DraftNode {
  const { id, kind, ...rest } = node as FlowNode & Record<string, unknown>;
  const branches: DraftBranch[] = [];
  const fields: Record<string, unknown> = {};
  for (const [at, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    const hold = holdOf(kind, at);
    if (hold === null) fields[at] = value;
    else branches.push(...branchesIn(at, hold, value));
  }
  return inOrder({ id, kind, fields: plain(fields), branches });
}

type Held = Record<string, unknown> & { id?: string; steps?: FlowNode[]; then?: FlowNode[] };

function branchesIn(at: string, hold: Hold, value: unknown): DraftBranch[] {
  if (hold === 'steps' || hold === 'body')
    return [{ id: at, at, fields: {}, steps: (value as FlowNode[]).map(draftNodeOf) }];
  const list = (hold === 'branch' ? [value] : value) as Held[];
  return list.map(({ id, steps, then, ...fields }) => ({
    id: id ?? at,
    at,
    fields: plain(fields),
    steps: (steps ?? then ?? []).map(draftNodeOf),
  }));
}

/** Fields without those that are undefined, at every level. */
function plain(fields: object): Fields {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, plainValue(value as Json)]));
}
const plainValue = (value: Json): Json =>
  Array.isArray(value) ? value.map(plainValue) : typeof value === 'object' && value !== null ? plain(value) : value;

/** Every node, those of the tray included, in reading order. */
export function draftNodes({ steps, tray }: Pick<Draft, 'steps' | 'tray'>): DraftNode[] {
  return [...steps, ...tray].flatMap(withInner);
}
export const withInner = (node: DraftNode): DraftNode[] => [
  node,
  ...node.branches.flatMap((branch) => branch.steps.flatMap(withInner)),
];

const indexes = new WeakMap<Draft, TreeIndex<DraftNode>>();
/** [IX1] */
export function indexOf(draft: Draft): TreeIndex<DraftNode> {
  const known = indexes.get(draft);
  if (known) return known;
  const index = new TreeIndex(draft.steps, draft.tray);
  indexes.set(draft, index);
  return index;
}
/** [IX2] The index has followed an edit of a draft, and is that of the edited one. */
export function handOnIndex(from: Draft, to: Draft): Draft {
  const index = indexes.get(from);
  indexes.delete(from);
  if (index) indexes.set(to, index);
  return to;
}
export function findNode(draft: Draft, id: string): DraftNode | null {
  return indexOf(draft).get(id)?.node ?? null;
}

/** A sequence of a draft: the outermost one (parent null), the tray, or a branch of a node. */
export interface SequencePlace {
  parent: string | null;
  branch: string | null;
}
export const OUTERMOST: SequencePlace = { parent: null, branch: null };
export const TRAY: SequencePlace = { parent: null, branch: 'tray' };

/** Null where there is no such sequence. */
export function sequenceAt(draft: Draft, { parent, branch }: SequencePlace): readonly DraftNode[] | null {
  if (parent === null) return branch === null ? draft.steps : branch === 'tray' ? draft.tray : null;
  return findNode(draft, parent)?.branches.find((each) => each.id === branch)?.steps ?? null;
}

/** Where a node is. Null: nowhere. */
export function placeOf(draft: Draft, id: string): (SequencePlace & { index: number }) | null {
  const found = indexOf(draft).get(id);
  if (!found) return null;
  const { parent, branch, node } = found;
  return { parent, branch, index: sequenceAt(draft, { parent, branch })!.indexOf(node) };
}
