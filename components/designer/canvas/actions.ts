/**
 * The actions on the selection, with their keys, words and reasons why not: one table for menu, keyboard and command
 * menu.
 */
import type { KeyboardEvent } from 'react';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { FlowNode, NodeKind } from '@/engine/flow/document';
import { findNode, holdOf, placeOf, type Draft, type DraftBranch, type DraftNode } from '@/engine/flow/edit/draft';
import { foldFor, isFolded, type Folded } from '@/engine/flow/layout/folds';
import { factsOf } from '@/engine/flow/nodes/table';
import type { BranchRef } from './branch-places';
import { mayBeUnknown } from '../outcome-policy';
import { isPivot, noPivot, pivotAt, whyNoPivot } from './pivot-moves';
import {
  addBranch,
  addUndo,
  countInside,
  duplicate,
  handleFailure,
  hasUndo,
  moveBy,
  neighbours,
  remove,
  setAside,
  unwrapNode,
  whyNoUndo,
  WRAPPERS,
  wrapIn,
  type AfterPivot,
  type Edit,
} from './node-actions';

export interface Act {
  id: string;
  group: 'edit' | 'add' | 'arrange' | 'remove';
  words: string;
  keys: readonly string[];
  match: ((event: KeyboardEvent) => boolean) | null;
  /** Why it cannot be done now; null: it can. */
  whyNot: string | null;
  danger?: boolean;
  run: () => void;
  /** The undo of a node was pressed in the drawing. */
  onPart?: (id: string) => void;
}

interface Context {
  draft: Draft;
  catalogue: Catalogue;
  isAfterPivot: AfterPivot;
  /** In reading order, none inside another. */
  selected: readonly string[];
  /** The title of the selected node if it is no longer in the draft (useGone). */
  gone: string | null;
  readOnly: string | null;
  edit: (edit: Edit | null) => boolean;
  rename: (id: string) => void;
  open: () => void;
  whatIf: (id: string | null) => void;
  folding: Folding;
  addAfter: (id: string | undefined) => void;
  move: (ids: readonly string[]) => void;
  /** Asks what of these neighbours becomes a child flow. */
  extract: (ids: readonly string[]) => void;
  /** Puts the selected steps into the clipboard; `cut`: and removes them. */
  copy: (how: { cut: boolean }) => void;
  /** Gives the label of a branch the focus. */
  label: (branch: BranchRef) => void;
  /** Shows what happens if the outcome of a step is unknown. */
  outcome: (id: string) => void;
}

interface Folding {
  steps: readonly FlowNode[];
  folded: Folded;
  fold: (ids: readonly string[]) => void;
  /** By the first node of its card. */
  unfold: (id: string) => void;
}

const plain = (key: string) => (event: KeyboardEvent) =>
  event.key.toLowerCase() === key.toLowerCase() && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
const withControl = (key: string) => (event: KeyboardEvent) =>
  event.key.toLowerCase() === key.toLowerCase() && (event.ctrlKey || event.metaKey) && !event.altKey;

/** `Mod`: Ctrl, or ⌘ on a Mac. */
export function actionsFor(context: Context): Map<string, Act> {
  const { draft, catalogue, isAfterPivot, selected, gone, readOnly, edit } = context;
  const [id] = selected;
  const node = id === undefined ? null : findNode(draft, id);
  const many = selected.length > 1;
  const noNode = gone === null ? 'Select a step first.' : `'${gone}' is no longer in this flow. Select another step.`;
  const nothing = readOnly ?? (node ? null : noNode);
  const one = nothing ?? (many ? 'Select one step only.' : null);
  const act = (
    name: string,
    group: Act['group'],
    words: string,
    keys: readonly string[],
    match: Act['match'],
    whyNot: string | null,
    run: () => void
  ): Act => ({ id: name, group, words, keys, match, whyNot, run });
  const kindWords = (kind: NodeKind) => factsOf({ kind } as FlowNode).words.kind;
  const undoWhyNot = node && one === null ? whyNoUndo(node, catalogue, isAfterPivot) : one;
  const moved = (by: 1 | -1) => (one === null && id !== undefined ? moveBy(draft, id, by) : null);
  const inside = countInside(draft, selected);
  const { steps, folded, fold, unfold } = context.folding;
  const isFold = id !== undefined && isFolded(steps, folded, id);
  const choice = foldFor(steps, selected);
  const branch = id === undefined ? null : labelledBranch(draft, id);

  const list: Act[] = [
    act('open', 'edit', 'Edit its fields', ['Enter'], plain('Enter'), one, context.open),
    act('rename', 'edit', 'Change the title', ['F2'], plain('F2'), one, () => id && context.rename(id)),
    act('fails', 'edit', 'What if this fails?', ['F'], null, node && !many ? null : one, () =>
      context.whatIf(id ?? null)
    ),
    act('after', 'add', 'Add a step after it', ['A'], plain('a'), readOnly ?? (many && !isFold ? one : null), () =>
      context.addAfter(selected.at(-1))
    ),
    {
      ...act(
        'undo',
        'add',
        node && hasUndo(node) ? 'Edit its undo' : 'Add an undo',
        ['U'],
        plain('u'),
        undoWhyNot,
        () => edit(id === undefined ? null : addUndo(draft, id, catalogue, isAfterPivot))
      ),
      onPart: (pressed) => {
        const found = findNode(draft, pressed);
        if (found && !hasUndo(found)) edit(addUndo(draft, pressed, catalogue, isAfterPivot));
      },
    },
    act(
      'pivot',
      'add',
      node && isPivot(node) ? 'No point of no return here' : 'Make it the point of no return',
      ['P'],
      plain('p'),
      one ?? (id === undefined || (node && isPivot(node)) ? null : whyNoPivot(draft, id)),
      () =>
        node && id !== undefined
          ? edit({ operations: isPivot(node) ? noPivot(draft, id) : pivotAt(draft, id), select: id })
          : undefined
    ),
    act(
      'outcome',
      'edit',
      'If it is not known whether it happened…',
      ['O'],
      plain('o'),
      one ?? (node && mayBeUnknown(node, catalogue) ? null : 'It changes nothing, so its outcome does not matter.'),
      () => id !== undefined && context.outcome(id)
    ),
    act(
      'branch',
      'add',
      'Add a branch',
      ['B'],
      plain('b'),
      one ?? (id !== undefined && addBranch(draft, id) ? null : 'This kind of step has no further branch.'),
      () => edit(id === undefined ? null : addBranch(draft, id))
    ),
    act(
      'catch',
      'add',
      'Handle its failure',
      ['H'],
      plain('h'),
      one ?? (id !== undefined && handleFailure(draft, id) ? null : 'This kind of step cannot fail by itself.'),
      () => edit(id === undefined ? null : handleFailure(draft, id))
    ),
    act(
      'earlier',
      'arrange',
      'Move earlier',
      ['Mod', '↑'],
      withControl('ArrowUp'),
      one ?? (moved(-1) ? null : 'It is the first.'),
      () => edit(withSelect(moved(-1), id))
    ),
    act(
      'later',
      'arrange',
      'Move later',
      ['Mod', '↓'],
      withControl('ArrowDown'),
      one ?? (moved(1) ? null : 'It is the last.'),
      () => edit(withSelect(moved(1), id))
    ),
    act('move', 'arrange', 'Move…', ['M'], plain('m'), nothing, () => context.move(selected)),
    act(
      'label',
      'arrange',
      'Go to its branch',
      ['L'],
      plain('l'),
      one ?? (branch ? null : 'It is in no branch.'),
      () => (branch ? context.label(branch) : undefined)
    ),
    ...WRAPPERS.map((kind) =>
      act(
        `wrap-${kind}`,
        'arrange',
        `Put into ${kindWords(kind)}`,
        [],
        null,
        nothing ?? (neighbours(draft, selected) ? null : 'Select steps that follow each other.'),
        () => edit(wrapIn(draft, selected, kind))
      )
    ),
    act(
      'extract',
      'arrange',
      'Extract a child flow…',
      ['E'],
      plain('e'),
      nothing ?? (neighbours(draft, selected) ? null : 'Select steps that follow each other.'),
      () => context.extract(neighbours(draft, selected) ?? [])
    ),
    act(
      'unwrap',
      'arrange',
      'Take its steps out',
      [],
      null,
      one ?? (id !== undefined && unwrapNode(draft, id) ? null : 'There are no steps in it.'),
      () => edit(id === undefined ? null : unwrapNode(draft, id))
    ),
    isFold
      ? act(
          'unfold',
          'arrange',
          'Unfold',
          ['+'],
          (event) => ['+', '='].includes(event.key),
          null,
          () => unfold(id)
        )
      : act(
          'fold',
          'arrange',
          many ? 'Fold these steps' : 'Fold',
          ['-'],
          plain('-'),
          node ? choice.whyNot : noNode,
          () => fold(selected)
        ),
    // Their keys are those of the browser (use-clipboard.ts).
    act('copy', 'arrange', 'Copy', ['Mod', 'C'], null, node ? null : nothing, () => context.copy({ cut: false })),
    act('cut', 'arrange', 'Cut', ['Mod', 'X'], null, nothing, () => context.copy({ cut: true })),
    act('duplicate', 'arrange', 'Duplicate', ['Mod', 'D'], withControl('d'), nothing, () =>
      edit(duplicate(draft, selected))
    ),
    act('aside', 'arrange', 'Set aside', ['T'], plain('t'), nothing, () => edit(setAside(draft, selected))),
    {
      ...act(
        'remove',
        'remove',
        inside > selected.length ? `Delete, with ${inside - selected.length} inside` : 'Delete',
        ['Delete'],
        (event) => plain('Delete')(event) || plain('Backspace')(event),
        nothing,
        () => edit(remove(draft, selected))
      ),
      danger: true,
    },
  ];
  return new Map(list.map((each) => [each.id, each]));
}

/** Its own first branch that has a label, or the one that it is in. Null: there is none. */
function labelledBranch(draft: Draft, id: string): BranchRef | null {
  const hasLabel = (node: DraftNode, { at }: DraftBranch) =>
    ['branches', 'branch', 'handlers'].includes(holdOf(node.kind, at) ?? '');
  const node = findNode(draft, id);
  const own = node?.branches.find((branch) => hasLabel(node, branch));
  if (node && own) return { owner: id, id: own.id };
  const { parent = null, branch = null } = placeOf(draft, id) ?? {};
  const around = parent === null ? null : findNode(draft, parent);
  const found = around?.branches.find((each) => each.id === branch);
  if (!around || !found) return null;
  return hasLabel(around, found) ? { owner: around.id, id: found.id } : labelledBranch(draft, around.id);
}

const withSelect = (made: Edit | null, select: string | undefined): Edit | null => made && { ...made, select };
