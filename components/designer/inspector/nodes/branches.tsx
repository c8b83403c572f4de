'use client';

/** Branches of a node: their titles, conditions and order. */
import { ChevronDown, ChevronUp, Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { countOf } from '@/components/words';
import { withInner, type DraftBranch, type DraftNode } from '@/engine/flow/edit/draft';
import { addBranch, moveBranch, removeBranch } from '@/engine/flow/edit/branches';
import { useEditing } from '../editing';
import { ConditionField } from '../expressions/condition-field';
import { Help } from '../fields/frame';
import { Entry } from '../fields/section';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, fieldName, within, type Place } from '../place';

/** The heading of a branch, with the buttons that move and remove it. `needed`: why it cannot be removed. */
export function BranchHeading({
  node,
  branch,
  name,
  isFirst,
  isLast,
  needed = null,
  children,
}: {
  node: DraftNode;
  branch: DraftBranch;
  /** As the buttons call it: `branch 2`. */
  name: string;
  isFirst: boolean;
  isLast: boolean;
  needed?: string | null;
  children: ReactNode;
}) {
  const { draft, onEdit } = useEditing();
  const move = (by: -1 | 1) => onEdit(moveBranch(draft, node.id, branch.id, by));
  return (
    <div className="flex items-center justify-between gap-1">
      <h4 className="text-xs font-semibold">{children}</h4>
      <div className="flex">
        <IconButton label={`Move ${name} up`} size="sm" disabled={isFirst} onClick={() => move(-1)}>
          <ChevronUp aria-hidden />
        </IconButton>
        <IconButton label={`Move ${name} down`} size="sm" disabled={isLast} onClick={() => move(1)}>
          <ChevronDown aria-hidden />
        </IconButton>
        <IconButton
          label={`Remove ${name}`}
          size="sm"
          disabledReason={needed}
          onClick={() => onEdit(removeBranch(draft, node.id, branch.id))}
        >
          <X aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}

/** The steps of a branch, as links to them. */
export function BranchSteps({ branch, empty }: { branch: DraftBranch; empty: string }) {
  const { onSelect } = useEditing();
  if (branch.steps.length === 0) return <Help>{empty}</Help>;
  return (
    <div>
      <p className="text-xs text-ink-2">{countOf(branch.steps.flatMap(withInner).length, 'step')}:</p>
      <ul className="mt-0.5 flex flex-wrap gap-1">
        {branch.steps.map(({ id, fields }) => (
          <li key={id} className="min-w-0">
            <Button size="sm" className="max-w-full font-normal" onClick={() => onSelect(id)}>
              <span className="truncate">
                {typeof fields.title === 'string' && fields.title !== '' ? fields.title : id}
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Branches({ node, fewest }: { node: DraftNode; fewest: number }) {
  const { draft, onEdit } = useEditing();
  const isChoice = node.kind === 'choice';
  const branches = node.branches.filter(({ at }) => at === 'branches');
  const otherwise = node.branches.find(({ at }) => at === 'otherwise');
  return (
    <>
      {branches.map((branch, index) => {
        const place: Place = { target: { node: node.id, branch: branch.id }, path: [] };
        const name = typeof branch.fields.title === 'string' ? branch.fields.title : branch.id;
        return (
          <Entry
            key={branch.id}
            {...{ [FIELD_ATTRIBUTE]: fieldName(['branches', index]) }}
            role="group"
            aria-label={`Branch ${index + 1}: ${name}`}
          >
            <BranchHeading
              node={node}
              branch={branch}
              name={`branch ${index + 1}`}
              isFirst={index === 0}
              isLast={index === branches.length - 1}
              needed={branches.length <= fewest ? `It needs at least ${countOf(fewest, 'branch')}.` : null}
            >
              {isChoice ? (index === 0 ? 'If' : 'Otherwise if') : `Branch ${index + 1}`}
            </BranchHeading>
            <TextField label="Title" place={within(place, 'title')} />
            {isChoice ? <ConditionField label="Taken if" place={within(place, 'when')} /> : null}
            <BranchSteps branch={branch} empty="It has no steps yet." />
          </Entry>
        );
      })}
      <Button size="sm" className="self-start" onClick={() => onEdit(addBranch(draft, node.id, 'branches'))}>
        <Plus aria-hidden />
        Add a branch
      </Button>
      {isChoice ? <Otherwise node={node} branch={otherwise} /> : null}
    </>
  );
}

function Otherwise({ node, branch }: { node: DraftNode; branch: DraftBranch | undefined }) {
  const { draft, onEdit } = useEditing();
  if (!branch)
    return (
      <div className="flex flex-col items-start gap-2">
        <Help>If no condition is true, the flow goes on after the choice.</Help>
        <Button size="sm" onClick={() => onEdit(addBranch(draft, node.id, 'otherwise'))}>
          <Plus aria-hidden />
          Add 'Otherwise'
        </Button>
      </div>
    );
  return (
    <Entry role="group" aria-label="Otherwise">
      <div className="flex items-center justify-between gap-1">
        <h4 className="text-xs font-semibold">Otherwise</h4>
        <IconButton
          label="Remove 'Otherwise'"
          size="sm"
          onClick={() => onEdit(removeBranch(draft, node.id, branch.id))}
        >
          <X aria-hidden />
        </IconButton>
      </div>
      <TextField label="Title" place={{ target: { node: node.id, branch: branch.id }, path: ['title'] }} />
      <BranchSteps branch={branch} empty="It has no steps yet." />
    </Entry>
  );
}
