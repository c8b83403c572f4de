'use client';

/** The label of one branch: what can be done with the branch, by its menu and by keys. */
import { memo, type KeyboardEvent, type PointerEvent } from 'react';
import { cn } from '@/components/ui/cn';
import { moveBranch, removeBranch, tooFew } from '@/engine/flow/edit/branches';
import { holdOf, type Draft, type DraftBranch, type DraftNode } from '@/engine/flow/edit/draft';
import type { FlowDocument } from '@/engine/flow/document';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowLayout, LabelBox } from '@/engine/flow/layout/layout';
import { BranchMenu, type BranchAct } from './branch-menu';
import { branchTitle, drawnBranches, labelId, type BranchRef } from './branch-places';
import { focusLabel } from './focus-label';

export interface LabelActs {
  /** False: refused. The selection remains. */
  onEdit: (operations: Operation[]) => boolean;
  onSelect: (owner: string) => void;
  /** Gives a step the focus. */
  onFocus: (id: string) => void;
  /** A field of the node that contains the branch. */
  onField: (owner: string, path: readonly (string | number)[]) => void;
  onDrag: (event: PointerEvent, branch: BranchRef) => void;
  /** Its place is chosen afterwards. */
  onMove: (branch: BranchRef) => void;
  onWhyNot: (why: string) => void;
}
interface BranchLabelProps {
  label: LabelBox;
  node: DraftNode;
  branch: DraftBranch;
  isMoving: boolean;
  now: () => LabelActs & { draft: Draft; document: FlowDocument; layout: FlowLayout };
  /** The title is to be edited; by the key of the branch. */
  onTitle: (key: string) => void;
}
interface LabelMenuProps extends Omit<BranchLabelProps, 'label' | 'isMoving'> {
  /** The key of the branch. */
  at: string;
  text: string;
}

export function BranchLabel({ label, isMoving, ...of }: BranchLabelProps) {
  return (
    <div
      className={cn('nodrag nopan absolute', isMoving ? 'pointer-events-none' : 'pointer-events-auto')}
      style={{ left: label.x, top: label.y, width: label.width, height: label.height }}
    >
      <LabelMenu {...of} at={label.branch!} text={label.text} />
    </div>
  );
}

/** It is not drawn again when the label moves. */
const LabelMenu = memo(function LabelMenu({ at, text, node, branch, now, onTitle }: LabelMenuProps) {
  const { id: owner } = node;
  const ref: BranchRef = { owner, id: branch.id };
  const field = (name: string) => now().onField(owner, fieldOf(node, branch, name));
  const acts = branchActs(node, branch, {
    rename: () => onTitle(at),
    condition: () => field('when'),
    handles: () => field('types'),
    move(by) {
      const { draft, onEdit } = now();
      if (onEdit(moveBranch(draft, owner, branch.id, by))) focusLabel(ref);
    },
    elsewhere: () => now().onMove(ref),
    remove() {
      const { draft, onEdit, onFocus } = now();
      if (onEdit(removeBranch(draft, owner, branch.id))) onFocus(owner);
    },
  });
  const run = (id: BranchAct['id']) => {
    const act = acts.find((one) => one.id === id);
    if (act) (act.whyNot === null ? act.run : () => now().onWhyNot(act.whyNot!))();
  };
  const beside = (by: 1 | -1) => {
    const { layout, draft, document } = now();
    const own = drawnBranches(layout, draft, document).filter((one) => one.owner === owner);
    const next = own[own.findIndex((one) => one.branch.id === branch.id) + by];
    if (next) focusLabel({ owner, id: next.branch.id });
  };
  const onKey = (event: KeyboardEvent) => {
    // Reverting and searching belong to the whole drawing; the other keys would be about the selected step.
    if (event.ctrlKey || event.metaKey || event.key === '/') return;
    event.stopPropagation();
    const first = branch.steps[0]?.id;
    const ALONG: Keys = {
      ArrowLeft: () => beside(-1),
      ArrowRight: () => beside(1),
      ArrowUp: () => now().onFocus(owner),
      ArrowDown: () => first !== undefined && now().onFocus(first),
      Escape: () => now().onFocus(owner),
      F2: () => run('rename'),
      m: () => run('elsewhere'),
      Delete: () => run('remove'),
      Backspace: () => run('remove'),
    };
    const keys = event.altKey ? MOVES : ALONG;
    const handler = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!handler) return;
    event.preventDefault();
    if (typeof handler === 'string') run(handler);
    else handler();
  };
  return (
    <div
      className="contents"
      onPointerDown={(event) => {
        event.stopPropagation();
        now().onDrag(event, ref);
      }}
      onDoubleClick={(event) => {
        event.stopPropagation();
        run('rename');
      }}
    >
      <BranchMenu
        id={labelId(ref)}
        label={`Branch ${text}`}
        acts={acts}
        onKeyDown={onKey}
        onFocus={() => now().onSelect(owner)}
      />
    </div>
  );
});

type Keys = Readonly<Record<string, BranchAct['id'] | (() => unknown)>>;
const MOVES: Keys = { ArrowLeft: 'earlier', ArrowUp: 'earlier', ArrowRight: 'later', ArrowDown: 'later' };

interface Runs {
  rename: () => void;
  condition: () => void;
  handles: () => void;
  move: (by: 1 | -1) => void;
  elsewhere: () => void;
  remove: () => void;
}
/** What can be done with a branch. */
function branchActs(node: DraftNode, branch: DraftBranch, runs: Runs): BranchAct[] {
  const alike = node.branches.filter(({ at }) => at === branch.at);
  const index = alike.indexOf(branch);
  const isHandler = branch.at === 'catch';
  const isOne = holdOf(node.kind, branch.at) === 'branches';
  const { when } = branch.fields;
  const stays = isOne || isHandler ? null : `This branch belongs to '${titleOf(node)}' and stays there.`;
  const act = (id: BranchAct['id'], words: string, keys: string[], whyNot: string | null, run: () => void) => {
    return { id, words, keys, whyNot, run };
  };
  return [
    isHandler
      ? act('rename', 'Edit what it handles', ['F2'], null, runs.handles)
      : act('rename', 'Change the title', ['F2'], null, runs.rename),
    ...(typeof when === 'string'
      ? [{ ...act('condition', 'Edit the condition', [], null, runs.condition), says: when }]
      : []),
    act('earlier', 'Move one place earlier', ['Alt', '←'], stays ?? (index > 0 ? null : 'It is the first one.'), () =>
      runs.move(-1)
    ),
    act(
      'later',
      'Move one place later',
      ['Alt', '→'],
      stays ?? (index < alike.length - 1 ? null : 'It is the last one.'),
      () => runs.move(1)
    ),
    act('elsewhere', 'Move…', ['M'], stays ?? (isHandler ? 'What handles a failure stays with its step.' : null), () =>
      runs.elsewhere()
    ),
    {
      ...act('remove', `Delete '${branchTitle(branch)}'`, ['Delete'], tooFew(node, branch), runs.remove),
      danger: true,
    },
  ];
}

function fieldOf(node: DraftNode, branch: DraftBranch, name: string): (string | number)[] {
  const alike = node.branches.filter(({ at }) => at === branch.at);
  const isList = alike.length > 1 || branch.id !== branch.at;
  return [branch.at, ...(isList ? [alike.indexOf(branch)] : []), name];
}
