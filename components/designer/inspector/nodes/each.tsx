'use client';

import type { DraftNode } from '@/engine/flow/edit/draft';
import { MOST_ITEMS } from '@/engine/saga/contract';
import { ExpressionField } from '../expressions/expression-field';
import { ValueField } from '../expressions/value-field';
import { RadioField } from '../fields/choice-field';
import { NumberField } from '../fields/number-field';
import { Section } from '../fields/section';
import { TextField } from '../fields/text-field';
import type { Place } from '../place';
import { BranchSteps } from './branches';
import { Catches, catchWords } from './catches';

export function EachForm({ node }: { node: DraftNode }) {
  const place = (field: string): Place => ({ target: { node: node.id }, path: [field] });
  const body = node.branches.find(({ at }) => at === 'steps');
  const { onFailure } = node.fields;
  return (
    <>
      <Section title="Items">
        <ExpressionField
          label="List"
          place={place('items')}
          placeholder="input.parcels"
          help="An expression that gives a list."
        />
        <TextField label="Name of an item" place={place('item')} mono help="Expressions of the steps inside read it." />
        <NumberField
          label="Items at most"
          place={place('most')}
          placeholder={MOST_ITEMS.toLocaleString('en')}
          help={`With more it fails before the first one. Above ${MOST_ITEMS.toLocaleString('en')}, the run continues as a new run before its history is too long.`}
        />
        <NumberField label="Items at a time" place={place('concurrency')} placeholder="1" />
      </Section>
      <Section title="Steps for each item">
        {body ? <BranchSteps branch={body} empty="It has no steps yet." /> : null}
      </Section>
      <Section title="What each item gives" of={{ node: node.id, fields: ['result'] }}>
        <ValueField
          label="Result of an item"
          place={place('result')}
          schema={undefined}
          help="It may read the item and the outputs of the steps inside. The output of the loop lists the results of the items that succeeded, in their order."
        />
      </Section>
      <Section title="When an item fails">
        <RadioField
          legend="The other items"
          place={place('onFailure')}
          value={onFailure === 'finish' || onFailure === 'collect' ? onFailure : 'stop'}
          options={[
            { value: 'stop', label: 'Are stopped', description: 'Then the loop fails, and all items are undone.' },
            {
              value: 'finish',
              label: 'Are finished first',
              description: 'All items are tried. Then the loop fails, and all items are undone.',
            },
            {
              value: 'collect',
              label: 'Go on',
              description: 'Only the failed item is undone. The output of the loop lists the failures.',
            },
          ]}
        />
      </Section>
      <Section title="When the loop fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}
