'use client';

/**
 * The labels of branches in a drawing that is edited: a press opens what can be done with the branch, a drag moves its steps to
 * another place. Its title is edited where it is drawn.
 */
import { useState, type PointerEvent } from 'react';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { findNode, type Draft, type DraftBranch } from '@/engine/flow/edit/draft';
import { moveBranch, removeBranch, setField } from '@/engine/flow/edit/fields';
import type { Operation } from '@/engine/flow/edit/operations';
import type { FlowDocument } from '@/engine/flow/document';
import type { LabelBox } from '@/engine/flow/layout/layout';
import { branchOf } from './slot-places';
import { TitleEditor } from './title-editor';

interface BranchLabelsProps {
  labels: readonly LabelBox[];
  draft: Draft;
  document: FlowDocument;
  onEdit: (operations: Operation[], select: string) => void;
  /** A field of the node that contains the branch. */
  onField: (owner: string, path: readonly (string | number)[]) => void;
  onDrag: (event: PointerEvent, ids: readonly string[]) => void;
}

export function BranchLabels({ labels, draft, document, onEdit, onField, onDrag }: BranchLabelsProps) {
  const [edited, setEdited] = useState<string | null>(null);
  return labels.map((label) => {
    if (label.role !== 'branch' && label.role !== 'catch') return null;
    const { owner, branch: key } = label;
    const node = findNode(draft, owner);
    const branch = key === null ? null : branchOf(draft, document, key);
    if (!node || !branch || key === null) return null;
    const title = typeof branch.fields.title === 'string' ? branch.fields.title : null;
    const alike = node.branches.filter(({ at }) => at === branch.at);
    const index = alike.indexOf(branch);
    const field = (name: string) => [branch.at, ...(alike.length > 1 || branch.id !== branch.at ? [index] : []), name];
    const edit = (operations: Operation[]) => onEdit(operations, owner);
    if (edited === key && title !== null)
      return (
        <TitleEditor
          key={key}
          box={{ x: label.x, y: label.y - 4, width: Math.max(label.width, 160), height: 28 }}
          title={title}
          onDone={(typed) => {
            setEdited(null);
            if (typed !== null) edit(setField(draft, { node: owner, branch: branch.id }, ['title'], typed));
          }}
        />
      );
    return (
      <div
        key={key}
        className="nodrag nopan pointer-events-auto absolute"
        style={{ left: label.x, top: label.y, width: label.width, height: label.height }}
        onPointerDown={(event) => {
          event.stopPropagation();
          if (branch.steps.length > 0)
            onDrag(
              event,
              branch.steps.map(({ id }) => id)
            );
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
          {title === null ? null : (
            // The menu gives the focus back when it closes, so the field is shown after that.
            <MenuItem onSelect={() => setTimeout(() => setEdited(key))}>Change the title</MenuItem>
          )}
          {conditionOf(branch) === null ? null : (
            <MenuItem description={conditionOf(branch)} onSelect={() => onField(owner, field('when'))}>
              Edit the condition
            </MenuItem>
          )}
          {branch.at === 'catch' ? (
            <MenuItem onSelect={() => onField(owner, field('types'))}>Edit what it handles</MenuItem>
          ) : null}
          {index > 0 ? (
            <MenuItem onSelect={() => edit(moveBranch(draft, owner, branch.id, -1))}>
              Move before the branch before
            </MenuItem>
          ) : null}
          {index < alike.length - 1 ? (
            <MenuItem onSelect={() => edit(moveBranch(draft, owner, branch.id, 1))}>
              Move behind the next branch
            </MenuItem>
          ) : null}
          <MenuSeparator />
          <MenuItem danger onSelect={() => edit(removeBranch(draft, owner, branch.id))}>
            Delete the branch
          </MenuItem>
        </Menu>
      </div>
    );
  });
}

/** As it is written; null: this branch has none. */
function conditionOf({ fields: { when } }: DraftBranch): string | null {
  return typeof when === 'string' ? when : null;
}
