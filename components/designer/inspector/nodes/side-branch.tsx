'use client';

/** A branch that a node has or has not: after a rejection, after a timeout. */
import { Plus } from 'lucide-react';
import { Button } from '@/components/ui/button';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { addBranch, removeBranch } from '@/engine/flow/edit/branches';
import { useEditing } from '../editing';
import { Help } from '../fields/frame';
import { FIELD_ATTRIBUTE } from '../place';
import { BranchSteps } from './branches';

export function SideBranch({
  node,
  at,
  add,
  without,
}: {
  node: DraftNode;
  at: string;
  /** The button that adds it: 'Add steps for a rejection'. */
  add: string;
  /** What happens if there is none. */
  without: string;
}) {
  const { draft, onEdit } = useEditing();
  const branch = node.branches.find((each) => each.at === at);
  return (
    <div {...{ [FIELD_ATTRIBUTE]: at }} className="flex flex-col items-start gap-2">
      {branch ? (
        <>
          <BranchSteps branch={branch} empty="The branch has no steps yet: the flow continues." />
          <Button size="sm" variant="danger" onClick={() => onEdit(removeBranch(draft, node.id, branch.id))}>
            Remove the branch
          </Button>
        </>
      ) : (
        <>
          <Help>{without}</Help>
          <Button size="sm" onClick={() => onEdit(addBranch(draft, node.id, at))}>
            <Plus aria-hidden />
            {add}
          </Button>
        </>
      )}
    </div>
  );
}
