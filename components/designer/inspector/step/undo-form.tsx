'use client';

/** The undo of a step: what takes its effect back if the run turns back later. */
import { Plus, Undo2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { FOCUS_FIRST } from '@/components/ui/focus';
import { newUndo, suggestedUndo } from '@/engine/flow/edit/fields';
import { fieldsOf } from '@/engine/run-view/fields';
import { useEditing, useField, useNode } from '../editing';
import { ChoiceField, RadioField } from '../fields/choice-field';
import { Help, ProblemLines } from '../fields/frame';
import { More } from '../fields/section';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, within, type Place } from '../place';
import { ActivityField } from './activity-field';
import { CallInput } from './call-input';
import { optionsWords, RetryFields, useOptions } from './retry-fields';
import { ARMED_WORDS, optionsOf, UNDO_FAILURE_WORDS } from './words';

export function UndoForm({ nodeId }: { nodeId: string }) {
  const place: Place = { target: { node: nodeId }, path: ['undo'] };
  const undo = useField(place);
  const { draft } = useEditing();
  const rollback = draft.flow.rollback as { onFailure?: keyof typeof UNDO_FAILURE_WORDS } | undefined;
  const { options } = useOptions(nodeId, 'undo');
  if (undo.value === undefined) return <NoUndo nodeId={nodeId} place={place} />;
  const usual = UNDO_FAILURE_WORDS[rollback?.onFailure ?? 'ask']?.label ?? '';
  return (
    <div {...{ [FIELD_ATTRIBUTE]: undo.name }} className="flex flex-col gap-3">
      {undo.problems.length > 0 ? <ProblemLines problems={undo.problems} /> : null}
      <TextField label="What the undo is called" place={within(place, 'title')} />
      <ActivityField nodeId={nodeId} call="undo" label="What it calls" />
      <CallInput nodeId={nodeId} call="undo" />
      <RadioField
        legend="It is ready to run"
        place={within(place, 'armed')}
        value={armedOf(undo.value)}
        options={optionsOf(ARMED_WORDS)}
      />
      <ChoiceField
        label="If the undo fails"
        place={within(place, 'onFailure')}
        nothing={`As the flow says: ${usual.toLowerCase()}`}
        options={optionsOf(UNDO_FAILURE_WORDS)}
      />
      <More summary={`Retries and timeouts of the undo: ${optionsWords(options)}`}>
        <RetryFields nodeId={nodeId} call="undo" />
      </More>
      <Button size="sm" variant="danger" className="self-start" onClick={() => undo.set(undefined)}>
        Remove the undo
      </Button>
    </div>
  );
}

const armedOf = (undo: unknown) => (fieldsOf(undo).armed === 'attempted' ? 'attempted' : 'completed');

function NoUndo({ nodeId, place }: { nodeId: string; place: Place }) {
  const { catalogue } = useEditing();
  const undo = useField(place);
  const node = useNode(nodeId);
  const suggested = node && suggestedUndo(node, catalogue);
  return (
    <div {...{ [FIELD_ATTRIBUTE]: undo.name }} className="flex flex-col items-start gap-2">
      {undo.problems.length > 0 ? (
        <ProblemLines problems={undo.problems} />
      ) : (
        <Help>It has no undo. If a later step fails, its effect remains.</Help>
      )}
      <div className="flex flex-wrap gap-2">
        {suggested ? (
          <Button size="sm" variant="primary" {...{ [FOCUS_FIRST]: '' }} onClick={() => undo.set(suggested)}>
            <Undo2 aria-hidden />
            Add '{(suggested as { title: string }).title}'
          </Button>
        ) : null}
        <Button
          size="sm"
          {...{ [FOCUS_FIRST]: '' }}
          onClick={() => node && undo.set(newUndo(node, suggested ? {} : catalogue))}
        >
          <Plus aria-hidden />
          {suggested ? 'Add another undo' : 'Add an undo'}
        </Button>
      </div>
    </div>
  );
}
