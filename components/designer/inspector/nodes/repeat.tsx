'use client';

import type { DraftNode, Json } from '@/engine/flow/edit/draft';
import { setField } from '@/engine/flow/edit/fields';
import { useEditing } from '../editing';
import { ConditionField } from '../expressions/condition-field';
import { RadioField } from '../fields/choice-field';
import { NumberField } from '../fields/number-field';
import { Section } from '../fields/section';
import type { Place } from '../place';
import { BranchSteps } from './branches';
import { Catches, catchWords } from './catches';

type Way = 'while' | 'until';

export function RepeatForm({ node }: { node: DraftNode }) {
  const { draft, onEdit } = useEditing();
  const target = { node: node.id };
  const place = (field: string): Place => ({ target, path: [field] });
  const body = node.branches.find(({ at }) => at === 'steps');
  const way: Way = node.fields.while !== undefined && node.fields.until === undefined ? 'while' : 'until';
  const choose = (next: Way) => {
    if (next === way) return;
    const condition: Json = node.fields[way] ?? 'true';
    onEdit([...setField(draft, target, [way], undefined), ...setField(draft, target, [next], condition)]);
  };
  return (
    <>
      <Section title="How often">
        <RadioField
          legend="It repeats"
          place={place('')}
          value={way}
          onChange={choose}
          options={[
            {
              value: 'until',
              label: 'Until a condition is true',
              description: 'Looked at after each round, so there is at least one.',
            },
            {
              value: 'while',
              label: 'While a condition is true',
              description: 'Looked at before each round, so there may be none.',
            },
          ]}
        />
        <ConditionField label="Condition" place={place(way)} />
        <NumberField
          label="Rounds at most"
          place={place('most')}
          placeholder="10"
          help="If it should go on after the last one, it fails with the type 'TooManyRounds'. With many rounds, the run continues as a new run before its history is too long."
        />
      </Section>
      <Section title="Steps of each round">
        {body ? <BranchSteps branch={body} empty="It has no steps yet." /> : null}
      </Section>
      <Section title="When it fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}
