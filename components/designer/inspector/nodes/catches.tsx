'use client';

/** What handles failures of a node: a list of branches, each for some types of failures or for all. */
import { Plus } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { countOf } from '@/components/words';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { addBranch } from '@/engine/flow/edit/branches';
import { useEditing, useField } from '../editing';
import { ChoiceField } from '../fields/choice-field';
import { ProblemLines } from '../fields/frame';
import { Entry } from '../fields/section';
import { TagsField } from '../fields/tags-field';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, fieldName, within, type Place } from '../place';
import { BranchHeading, BranchSteps } from './branches';

/** Types of failures that every activity may report. */
const KNOWN_TYPES = ['Timeout', 'NotApplied', 'Rejected', 'SignalTimeout', 'ResponseInvalid', 'ExpressionError'];

export const catchesOf = ({ branches }: DraftNode) => branches.filter(({ at }) => at === 'catch');

export function Catches({ node }: { node: DraftNode }) {
  const { draft, onEdit } = useEditing();
  const problems = useField({ target: { node: node.id }, path: ['catch'] });
  const catches = catchesOf(node);
  return (
    <div {...{ [FIELD_ATTRIBUTE]: 'catch' }} className="flex flex-col gap-3">
      {problems.problems.length > 0 ? <ProblemLines problems={problems.problems} /> : null}
      {catches.map((branch, index) => {
        const place: Place = { target: { node: node.id, branch: branch.id }, path: [] };
        const name = `Handler ${index + 1}`;
        return (
          <Entry key={branch.id} {...{ [FIELD_ATTRIBUTE]: fieldName(['catch', index]) }} role="group" aria-label={name}>
            <BranchHeading
              node={node}
              branch={branch}
              name={`handler ${index + 1}`}
              isFirst={index === 0}
              isLast={index === catches.length - 1}
            >
              {name}
            </BranchHeading>
            <TagsField
              label="Handles failures of these types"
              place={within(place, 'types')}
              suggestions={KNOWN_TYPES}
              placeholder="every failure"
              help="Without a type it handles every failure. The first handler that fits is taken."
            />
            <ChoiceField
              label="Effects inside"
              place={within(place, 'scope')}
              usual="undo"
              options={[
                { value: 'undo', label: 'Are undone first, then it is handled' },
                { value: 'keep', label: 'Are kept, and it is handled' },
              ]}
            />
            <TextField
              label="Name of the failure in expressions"
              place={within(place, 'as')}
              optional
              mono
              placeholder="failure"
              help="Its steps can then read the type and the message."
            />
            <BranchSteps branch={branch} empty="It has no steps: the flow continues after this step." />
          </Entry>
        );
      })}
      <Button size="sm" className="self-start" onClick={() => onEdit(addBranch(draft, node.id, 'catch'))}>
        <Plus aria-hidden />
        {catches.length === 0 ? 'Handle failures' : 'Add a handler'}
      </Button>
    </div>
  );
}

export function catchWords(node: DraftNode): string {
  const catches = catchesOf(node);
  if (catches.length === 0) return 'The run turns back';
  const types = catches.map(({ fields }) => (Array.isArray(fields.types) ? fields.types : []));
  if (types.some((each) => each.length === 0)) return 'Handled';
  return `Handles ${countOf(types.flat().length, 'type')}`;
}
