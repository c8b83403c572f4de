/** What can be inserted: a step for each operation of the catalogue, and every other kind of node. Pure. */
import type { Catalogue, CatalogueActivity } from '@/engine/flow/catalogue';
import type { FlowNode, NodeKind } from '@/engine/flow/document';
import { newNode } from '@/engine/flow/edit/compose';
import { draftNodes, type Draft, type DraftNode, type Fields } from '@/engine/flow/edit/draft';
import { suggestedUndo } from '@/engine/flow/edit/fields';
import { factsOf, NODE_KINDS } from '@/engine/flow/nodes/table';
import { byName } from '@/engine/flow/values/name-order';
import { connectionGroups, type ConnectionGroup } from './connection-groups';

export interface PaletteItem {
  /** Unique; also found by the search. */
  id: string;
  kind: NodeKind;
  /** Of a step. */
  activity: string | null;
  /** Of a child: the published flow that it runs. */
  flow: string | null;
  title: string;
  /** The line under the title. */
  says: string;
  group: string;
  /** The name of its connection, where the group is one. */
  connection: string | null;
  /** Further words by which it is found. */
  words: string[];
  /** It undoes or looks up what another operation did: steps get it from there. */
  serves: boolean;
}

const SAYS: Partial<Record<NodeKind, string>> = {
  choice: 'Takes one of several ways',
  parallel: 'Runs branches at the same time',
  race: 'The first branch that succeeds counts',
  group: 'Steps that fail and are undone together',
  each: 'Its steps once for every item of a list',
  repeat: 'Its steps again and again, within a limit',
  wait: 'For a time, or until a moment',
  waitForSignal: 'Until somebody or something reports',
  approval: 'Asks a person to approve or reject',
  child: 'Runs another published flow',
  set: 'Changes variables of the run',
  fail: 'Ends the run as failed and undoes it',
  end: 'Ends the run with a result',
};
const WORDS: Partial<Record<NodeKind, string[]>> = {
  choice: ['if', 'branch', 'condition', 'decision', 'switch', 'gateway'],
  parallel: ['fork', 'join', 'concurrent', 'gateway'],
  race: ['first', 'parallel', 'timeout'],
  group: ['scope', 'catch', 'try', 'subprocess'],
  each: ['loop', 'for', 'map', 'list', 'items', 'iterate'],
  repeat: ['loop', 'while', 'until', 'poll'],
  wait: ['timer', 'sleep', 'delay', 'pause', 'duration'],
  waitForSignal: ['event', 'message', 'receive', 'webhook'],
  child: ['subflow', 'subprocess', 'workflow', 'call', 'reuse'],
  approval: ['human', 'person', 'task', 'user', 'decide', 'form'],
  set: ['variable', 'assign'],
  fail: ['error', 'throw', 'abort'],
  end: ['finish', 'return', 'stop', 'result'],
};
const FLOW = 'Flow';
/** The group of published flows. */
const FLOWS = 'Flows';
/** The group of steps that belong to no connection. */
export const STEPS = 'Steps';

export function paletteOf(catalogue: Catalogue): PaletteItem[] {
  const all = Object.values(catalogue);
  const serving = new Set(
    all.flatMap(({ suggestedUndo, suggestedLookup }) => [suggestedUndo?.activity, suggestedLookup?.activity])
  );
  const groupOf = connectionGroups(catalogue);
  const steps = all
    .filter(({ internal }) => !internal)
    .map((each) => stepItem(each, groupOf(each), serving.has(each.name)))
    .sort(
      (a, b) =>
        Number(a.connection === null) - Number(b.connection === null) ||
        byName(a.group, b.group) ||
        byName(a.title, b.title)
    );
  const others = NODE_KINDS.filter((kind) => kind !== 'action').map((kind): PaletteItem => {
    const words = factsOf({ kind } as FlowNode).words.kind;
    return {
      id: kind,
      kind,
      activity: null,
      flow: null,
      title: words.charAt(0).toUpperCase() + words.slice(1),
      says: SAYS[kind] ?? '',
      group: FLOW,
      connection: null,
      words: WORDS[kind] ?? [],
      serves: false,
    };
  });
  const flows = all
    .flatMap((entry) => (entry.flow ? [flowItem(entry, entry.flow.name)] : []))
    .sort((a, b) => byName(a.title, b.title))
    .map((item, index, list) => {
      const isShared = list[index - 1]?.title === item.title || list[index + 1]?.title === item.title;
      return isShared ? { ...item, title: `${item.title} (${item.flow})` } : item;
    });
  // Of flows there may be many: what every flow is made of comes before them.
  return [...steps, ...others, ...flows];
}

const EFFECTS = {
  none: 'No effect',
  reversible: 'Can be undone',
  irreversible: 'Cannot be undone',
  'per-step': '',
} as const;

function flowItem({ name, title, description, effect, flow }: CatalogueActivity, of: string): PaletteItem {
  const undone = effect === 'reversible' ? 'Undoes itself' : EFFECTS[effect];
  return {
    id: name,
    kind: 'child',
    activity: null,
    flow: of,
    title,
    says: [`Version ${flow?.version}`, undone, description?.split('. ')[0]].filter(Boolean).join(' · '),
    group: FLOWS,
    connection: null,
    words: [of, 'flow', 'child', ...(WORDS.child ?? [])],
    serves: false,
  };
}

function stepItem(
  { name, title, description, effect }: CatalogueActivity,
  group: ConnectionGroup | null,
  serves: boolean
): PaletteItem {
  return {
    id: name,
    kind: 'action',
    activity: name,
    flow: null,
    title,
    says: [EFFECTS[effect], description?.split('. ')[0]].filter(Boolean).join(' · '),
    group: group?.title ?? STEPS,
    connection: group?.name ?? null,
    words: [name, ...(group ? [group.title] : []), 'step', 'call', 'activity', 'task'],
    serves,
  };
}

/** What the steps of a draft call. */
export const activitiesIn = (draft: Draft): Set<string> =>
  new Set(draftNodes(draft).flatMap(({ fields }) => (typeof fields.activity === 'string' ? [fields.activity] : [])));

/** A new node for an item of the palette, with ids that are free in the draft. */
export function nodeFor(draft: Draft, item: PaletteItem, catalogue: Catalogue): DraftNode {
  if (item.flow !== null) {
    const made = newNode(draft, 'child', item.title);
    return { ...made, fields: { ...made.fields, flow: item.flow } };
  }
  if (item.activity === null) return newNode(draft, item.kind);
  const activity = Object.hasOwn(catalogue, item.activity) ? catalogue[item.activity] : undefined;
  const made = newNode(draft, 'action', item.title);
  // Whether a generic call changes anything is what its author must say: there is no safe default.
  const { effect: _, ...fields }: Fields = { ...made.fields, activity: item.activity };
  const node = { ...made, fields: activity?.effect === 'per-step' ? fields : { ...fields, input: {} } };
  // Its undo comes with it, and follows its input while that is filled in.
  const undo = suggestedUndo(node, catalogue);
  return undo === null ? node : { ...node, fields: { ...node.fields, undo } };
}
