'use client';

/**
 * The labels of branches in a drawing that is edited: a press opens what can be done with the branch, a drag moves its steps to
 * another place. Its title is edited where it is drawn.
 */
import { memo, useState, type PointerEvent } from 'react';
import { useSeen } from '@/components/canvas/seen';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { useLatest } from '@/components/ui/use-latest';
import { findNode, type Draft, type DraftBranch, type DraftNode } from '@/engine/flow/edit/draft';
import { moveBranch, removeBranch, setField } from '@/engine/flow/edit/fields';
import type { Operation } from '@/engine/flow/edit/operations';
import type { FlowDocument } from '@/engine/flow/document';
import type { FlowLayout, LabelBox } from '@/engine/flow/layout/layout';
import { branchOf } from './slot-places';
import { TitleEditor } from './title-editor';

interface Acts {
  onEdit: (operations: Operation[], select: string) => void;
  /** A field of the node that contains the branch. */
  onField: (owner: string, path: readonly (string | number)[]) => void;
  onDrag: (event: PointerEvent, ids: readonly string[]) => void;
}
interface BranchLabelsProps extends Acts {
  layout: FlowLayout;
  draft: Draft;
  document: FlowDocument;
}

export function BranchLabels({ layout, draft, document, onEdit, onField, onDrag }: BranchLabelsProps) {
  const [edited, setEdited] = useState<string | null>(null);
  const isSeen = useSeen(layout);
  // Only a label whose branch was changed is drawn again.
  const now = useLatest(() => ({ draft, onEdit, onField, onDrag }));
  return layout.labels.map((label) => {
    const { owner, branch: key } = label;
    if ((label.role !== 'branch' && label.role !== 'catch') || key === null) return null;
    if (key !== edited && !isSeen(label)) return null;
    const node = findNode(draft, owner);
    const branch = branchOf(draft, document, key);
    if (!node || !branch) return null;
    const title = typeof branch.fields.title === 'string' ? branch.fields.title : null;
    if (edited === key && title !== null)
      return (
        <TitleEditor
          key={key}
          box={{ x: label.x, y: label.y - 4, width: Math.max(label.width, 160), height: 28 }}
          title={title}
          onDone={(typed) => {
            setEdited(null);
            if (typed !== null) onEdit(setField(draft, { node: owner, branch: branch.id }, ['title'], typed), owner);
          }}
        />
      );
    return <BranchLabel key={key} label={label} node={node} branch={branch} now={now} onTitle={setEdited} />;
  });
}

interface BranchLabelProps {
  label: LabelBox;
  node: DraftNode;
  branch: DraftBranch;
  now: () => Acts & { draft: Draft };
  /** The title is to be edited; by the key of the branch. */
  onTitle: (key: string) => void;
}
const BranchLabel = memo(
  function BranchLabel({ label, node, branch, now, onTitle }: BranchLabelProps) {
    const { id: owner } = node;
    const alike = node.branches.filter(({ at }) => at === branch.at);
    const index = alike.indexOf(branch);
    const field = (name: string) => [branch.at, ...(alike.length > 1 || branch.id !== branch.at ? [index] : []), name];
    const edit = (change: (draft: Draft) => Operation[]) => {
      const { draft, onEdit } = now();
      onEdit(change(draft), owner);
    };
    return (
      <div
        className="nodrag nopan pointer-events-auto absolute"
        style={{ left: label.x, top: label.y, width: label.width, height: label.height }}
        onPointerDown={(event) => {
          event.stopPropagation();
          const ids = branch.steps.map(({ id }) => id);
          if (ids.length > 0) now().onDrag(event, ids);
        }}
      >
        <Menu
          align="start"
          trigger={
            <button
              type="button"
              tabIndex={-1}
              aria-label={`Branch ${label.text}`}
              className="h-full w-full rounded-sm hover:ring-1 hover:ring-mark"
            />
          }
        >
          {typeof branch.fields.title !== 'string' ? null : (
            // The menu gives the focus back when it closes, so the field is shown after that.
            <MenuItem onSelect={() => setTimeout(() => onTitle(label.branch!))}>Change the title</MenuItem>
          )}
          {conditionOf(branch) === null ? null : (
            <MenuItem description={conditionOf(branch)} onSelect={() => now().onField(owner, field('when'))}>
              Edit the condition
            </MenuItem>
          )}
          {branch.at === 'catch' ? (
            <MenuItem onSelect={() => now().onField(owner, field('types'))}>Edit what it handles</MenuItem>
          ) : null}
          {index > 0 ? (
            <MenuItem onSelect={() => edit((draft) => moveBranch(draft, owner, branch.id, -1))}>
              Move before the branch before
            </MenuItem>
          ) : null}
          {index < alike.length - 1 ? (
            <MenuItem onSelect={() => edit((draft) => moveBranch(draft, owner, branch.id, 1))}>
              Move behind the next branch
            </MenuItem>
          ) : null}
          <MenuSeparator />
          <MenuItem danger onSelect={() => edit((draft) => removeBranch(draft, owner, branch.id))}>
            Delete the branch
          </MenuItem>
        </Menu>
      </div>
    );
  },
  (a, b) =>
    a.node === b.node &&
    a.branch === b.branch &&
    a.now === b.now &&
    a.onTitle === b.onTitle &&
    a.label.branch === b.label.branch &&
    a.label.text === b.label.text &&
    (['x', 'y', 'width', 'height'] as const).every((side) => a.label[side] === b.label[side])
);

/** As it is written; null: this branch has none. */
function conditionOf({ fields: { when } }: DraftBranch): string | null {
  return typeof when === 'string' ? when : null;
}
