'use client';

import { Plus } from 'lucide-react';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { fieldsOf } from '@/engine/run-view/fields';
import { identifierSchema } from '@/engine/flow/names';
import { useEditing } from '../editing';
import { useGoToFlow } from '../go-to-flow';
import { ConditionField } from '../expressions/condition-field';
import { ChoiceField } from '../fields/choice-field';
import { DurationField } from '../fields/number-field';
import { Section } from '../fields/section';
import type { Place } from '../place';
import { Button } from '@/components/ui/button';
import { setField } from '@/engine/flow/edit/fields';
import { declareSignal } from '@/engine/flow/edit/fixes';
import { Catches, catchWords } from './catches';
import { SideBranch } from './side-branch';

export function WaitForSignalForm({ node }: { node: DraftNode }) {
  const { draft, onEdit } = useEditing();
  const goTo = useGoToFlow();
  const signal = typeof node.fields.signal === 'string' ? node.fields.signal : '';
  const target = { node: node.id };
  const place = (field: string): Place => ({ target, path: [field] });
  const signals = Object.entries(fieldsOf(draft.flow.signals));
  return (
    <>
      <Section title="What it waits for">
        <ChoiceField
          label="Signal"
          place={place('signal')}
          options={signals.map(([name, signal]) => {
            const { title } = fieldsOf(signal);
            return { value: name, label: typeof title === 'string' && title !== '' ? title : name, description: name };
          })}
          help={signals.length === 0 ? 'The flow declares no signal yet.' : 'What was sent is the answer of this step.'}
        />
        <div className="flex flex-wrap gap-1">
          {signals.some(([name]) => name === signal) || !identifierSchema.safeParse(signal).success ? null : (
            <Button size="sm" variant="primary" onClick={() => onEdit(declareSignal(draft, node))}>
              <Plus aria-hidden />
              Declare '{signal}'
            </Button>
          )}
          <Button size="sm" onClick={() => goTo('signals')}>
            Signals of the flow
          </Button>
        </div>
        {node.fields.when === undefined ? (
          <Button size="sm" className="self-start" onClick={() => onEdit(setField(draft, target, ['when'], 'true'))}>
            Accept only some
          </Button>
        ) : (
          <>
            <ConditionField
              label="Accepts a signal if"
              place={place('when')}
              help="Others are kept for other steps that wait for this signal."
            />
            <Button
              size="sm"
              variant="ghost"
              className="self-start"
              onClick={() => onEdit(setField(draft, target, ['when'], undefined))}
            >
              Accept every signal
            </Button>
          </>
        )}
      </Section>
      <Section title="If none comes">
        <DurationField
          label="It waits at most"
          place={place('timeout')}
          placeholder="no limit"
          help="A number and a unit: 5m, 12h, 30d."
        />
        <SideBranch
          node={node}
          at="onTimeout"
          add="Add steps for a timeout"
          without="After the timeout the step fails with the type 'SignalTimeout'."
        />
      </Section>
      <Section title="When it fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}
