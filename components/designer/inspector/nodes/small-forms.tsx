'use client';

/** The kinds of nodes with few fields. */
import { Button } from '@/components/ui/button';
import type { JsonSchema } from '@/engine/flow/document';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { useEditing, useField } from '../editing';
import { useGoToFlow } from '../go-to-flow';
import { ValueField } from '../expressions/value-field';
import { RadioField } from '../fields/choice-field';
import { Help, ProblemLines } from '../fields/frame';
import { Section } from '../fields/section';
import { SetVariables } from '../flow/set-variables';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, type Place } from '../place';
import { Branches, BranchSteps } from './branches';
import { Catches, catchWords } from './catches';

const placeIn = (node: DraftNode, field: string): Place => ({ target: { node: node.id }, path: [field] });

export function ChoiceForm({ node }: { node: DraftNode }) {
  return (
    <>
      <Section title="Branches">
        <Help>The first branch whose condition is true is taken.</Help>
        <Branches node={node} fewest={1} />
      </Section>
      <Section title="When a step inside fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

export function ParallelForm({ node }: { node: DraftNode }) {
  return (
    <>
      <Section title="Branches">
        <Help>All branches run at the same time. The flow goes on when all of them have ended.</Help>
        <Branches node={node} fewest={2} />
      </Section>
      <Section title="If the run turns back">
        <RadioField
          legend="Branches are undone"
          place={placeIn(node, 'unwind')}
          value={node.fields.unwind === 'together' ? 'together' : 'reverse'}
          options={[
            { value: 'reverse', label: 'Last done, first undone', description: 'One undo after the other.' },
            {
              value: 'together',
              label: 'All at the same time',
              description: 'Faster, for branches that are independent.',
            },
          ]}
        />
      </Section>
      <Section title="When a step inside fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

export function RaceForm({ node }: { node: DraftNode }) {
  return (
    <>
      <Section title="Branches">
        <Help>
          All branches run at the same time. The flow goes on with the first one that succeeds; the others are undone.
        </Help>
        <Branches node={node} fewest={2} />
      </Section>
      <Section title="When all of them fail" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

export function GroupForm({ node }: { node: DraftNode }) {
  const body = node.branches.find(({ at }) => at === 'steps');
  return (
    <>
      <Section title="Steps">
        <Help>Its steps are handled, and undone, together if one of them fails.</Help>
        {body ? <BranchSteps branch={body} empty="It has no steps yet." /> : null}
      </Section>
      <Section title="When a step inside fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

export function SetForm({ node }: { node: DraftNode }) {
  const goTo = useGoToFlow();
  return (
    <Section
      title="Variables"
      action={
        <Button size="sm" variant="ghost" onClick={() => goTo('variables')}>
          Variables of the flow
        </Button>
      }
    >
      <SetVariables place={placeIn(node, 'values')} fresh="" />
    </Section>
  );
}

export function FailForm({ node }: { node: DraftNode }) {
  return (
    <Section title="The failure">
      <TextField
        label="Type"
        place={placeIn(node, 'errorType')}
        mono
        help="Handlers catch it by this type: a letter, then letters, digits and _."
      />
      <ValueField label="Message" place={placeIn(node, 'message')} schema={{ type: 'string' }} />
    </Section>
  );
}

export function EndForm({ node }: { node: DraftNode }) {
  const { draft } = useEditing();
  const goTo = useGoToFlow();
  const place = placeIn(node, 'output');
  const field = useField(place);
  const declared = draft.flow.output as JsonSchema | undefined;
  if (declared === undefined && field.value === undefined)
    return (
      <Section title="Output">
        <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col items-start gap-2">
          {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
          <Help>The flow declares no output, so it ends without one.</Help>
          <Button size="sm" onClick={() => goTo('output')}>
            Output of the flow
          </Button>
        </div>
      </Section>
    );
  return (
    <Section title="Output">
      <ValueField label="What the flow returns" place={place} schema={declared} required={declared !== undefined} />
    </Section>
  );
}
