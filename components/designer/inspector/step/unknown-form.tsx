'use client';

/** What happens if it is not known whether the step happened: no answer came, and the service may have acted. */
import type { Json } from '@/engine/flow/edit/draft';
import { suggestedLookup } from '@/engine/flow/edit/fields';
import { useEditing, useField, useNode } from '../editing';
import { ChoiceField, RadioField } from '../fields/choice-field';
import { DurationField } from '../fields/number-field';
import { ProblemLines } from '../fields/frame';
import { More } from '../fields/section';
import { FIELD_ATTRIBUTE, within, type Place } from '../place';
import { ActivityField } from './activity-field';
import { CallInput } from './call-input';
import { optionsWords, RetryFields, useOptions } from './retry-fields';
import { optionsOf, UNKNOWN_WORDS } from './words';

export type Policy = keyof typeof UNKNOWN_WORDS;
export const policyOf = (unknown: Json | undefined): Policy | null =>
  typeof unknown === 'object' && unknown !== null && !Array.isArray(unknown)
    ? ((unknown.policy as Policy | undefined) ?? null)
    : null;

const LOOK_UP: Json = { policy: 'check', activity: 'http.request', input: { answer: 'lookup' } };

export function UnknownForm({ nodeId }: { nodeId: string }) {
  const { catalogue } = useEditing();
  const place: Place = { target: { node: nodeId }, path: ['unknown'] };
  const unknown = useField(place);
  const hasUndo = useField({ target: { node: nodeId }, path: ['undo'] }).value !== undefined;
  const policy = policyOf(unknown.value);
  const node = useNode(nodeId);
  const lookUp = (node && suggestedLookup(node, catalogue)) ?? LOOK_UP;
  const { options } = useOptions(nodeId, 'unknown');
  const offered = optionsOf(UNKNOWN_WORDS).map((option) =>
    option.value === 'undo' && !hasUndo && policy !== 'undo'
      ? { ...option, disabled: 'Possible when the step has an undo.' }
      : option
  );
  return (
    <div {...{ [FIELD_ATTRIBUTE]: unknown.name }} className="flex flex-col gap-3">
      <RadioField
        legend="If it is not known whether it happened"
        place={within(place, 'policy')}
        value={policy}
        options={offered}
        onChange={(next: Policy) => unknown.set(next === 'check' ? lookUp : { policy: next })}
      />
      {unknown.problems.length > 0 ? <ProblemLines problems={unknown.problems} /> : null}
      {policy === 'check' ? (
        <>
          <ActivityField nodeId={nodeId} call="unknown" label="What the look-up calls" />
          <CallInput nodeId={nodeId} call="unknown" />
          <More summary={`Retries and timeouts of the look-up: ${optionsWords(options)}`}>
            <RetryFields nodeId={nodeId} call="unknown" />
          </More>
        </>
      ) : null}
      <LateCalls nodeId={nodeId} />
    </div>
  );
}

/** Whether a call that arrives late can still take effect after the undo or the look-up. */
function LateCalls({ nodeId }: { nodeId: string }) {
  const { catalogue } = useEditing();
  const target = { node: nodeId };
  const activity = useField({ target, path: ['activity'] }).value;
  const declared = typeof activity === 'string' && Object.hasOwn(catalogue, activity) ? catalogue[activity] : undefined;
  const usual =
    declared?.lateCalls === 'refused' ? 'As the activity says: they are refused' : 'They can still take effect';
  return (
    <>
      <ChoiceField
        label="Calls that arrive late"
        place={{ target, path: ['lateCalls'] }}
        nothing={usual}
        help="After an undo or a look-up with the same key. The service must guarantee it."
        options={[
          { value: 'refused', label: 'The service refuses them' },
          { value: 'possible', label: 'They can still take effect' },
        ]}
      />
      <DurationField
        label="A call has settled after"
        place={{ target, path: ['settlesWithin'] }}
        placeholder={declared?.settlesWithin ?? 'not known'}
        help="After this time a call without an answer has taken effect, or never will."
      />
    </>
  );
}
