'use client';

/**
 * The labels of branches in a drawing that is edited. A press opens what can be done with the branch, a drag moves all
 * of it, and its title is edited in place. By keys: L goes from a step to the label of its branch, and from there the
 * keys of a step do the same to the branch.
 */
import { useState } from 'react';
import { useSeen } from '@/components/canvas/seen';
import { useLatest } from '@/components/ui/use-latest';
import type { FlowDocument } from '@/engine/flow/document';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { setField } from '@/engine/flow/edit/fields';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import { BranchLabel, type LabelActs } from './branch-label';
import { drawnBranches } from './branch-places';
import { focusLabel } from './focus-label';
import { TitleEditor } from './title-editor';

interface BranchLabelsProps extends LabelActs {
  layout: FlowLayout;
  draft: Draft;
  document: FlowDocument;
  /** Something is moved: the labels are no targets then. */
  isMoving: boolean;
}

export function BranchLabels(props: BranchLabelsProps) {
  const { layout, draft, document, isMoving, onEdit } = props;
  const [edited, setEdited] = useState<string | null>(null);
  const isSeen = useSeen(layout);
  // Only a label whose branch was changed is drawn again.
  const now = useLatest(() => props);
  // One that has the focus is among those that are seen: the focus brought it into view.
  const shown = layout.labels.filter((label) => label.branch === edited || isSeen(label));
  return drawnBranches({ labels: shown }, draft, document).map(({ owner, branch, label }) => {
    const key = label.branch!;
    const title = typeof branch.fields.title === 'string' ? branch.fields.title : null;
    if (edited !== key || title === null)
      return (
        <BranchLabel
          key={key}
          label={label}
          node={findNode(draft, owner)!}
          branch={branch}
          isMoving={isMoving}
          now={now}
          onTitle={setEdited}
        />
      );
    return (
      <TitleEditor
        key={key}
        box={{ x: label.x, y: label.y - 4, width: Math.max(label.width, 160), height: 28 }}
        title={title}
        onDone={(typed) => {
          setEdited(null);
          if (typed !== null) onEdit(setField(draft, { node: owner, branch: branch.id }, ['title'], typed));
          focusLabel({ owner, id: branch.id });
        }}
      />
    );
  });
}
