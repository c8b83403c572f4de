'use client';

/** What happens if it is not known whether the step happened: no answer came, and the service may have acted. */
import { useEditing, useField, useNode } from '../editing';
import { ChoiceField, RadioField } from '../fields/choice-field';
import { DurationField } from '../fields/number-field';
import { ProblemLines } from '../fields/frame';
import { More } from '../fields/section';
import { FIELD_ATTRIBUTE, within, type Place } from '../place';
import { POLICY_WORDS, policyChoices, policyOf, withPolicy, type Policy } from '../../outcome-policy';
import { ActivityField } from './activity-field';
import { CallInput } from './call-input';
import { optionsWords, RetryFields, useOptions } from './retry-fields';

export function UnknownForm({ nodeId }: { nodeId: string }) {
  const { catalogue } = useEditing();
  const place: Place = { target: { node: nodeId }, path: ['unknown'] };
  const unknown = useField(place);
  const policy = policyOf(unknown.value);
  const node = useNode(nodeId);
  const { options } = useOptions(nodeId, 'unknown');
  const offered = (node ? policyChoices(node) : []).map(({ policy: value, whyNot }) => ({
    value,
    ...POLICY_WORDS[value],
    ...(whyNot === null ? {} : { disabled: whyNot }),
  }));
  return (
    <div {...{ [FIELD_ATTRIBUTE]: unknown.name }} className="flex flex-col gap-3">
      <RadioField
        legend="If it is not known whether it happened"
        place={within(place, 'policy')}
        value={policy}
        options={offered}
        onChange={(next: Policy) => node && unknown.set(withPolicy(node, next, catalogue))}
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
  // Only what is declared elsewhere is a choice of its own.
  const usual =
    declared?.lateCalls === 'refused' ? { nothing: 'As the operation declares: refused' } : { usual: 'possible' };
  return (
    <>
      <ChoiceField
        label="Calls that arrive late"
        place={{ target, path: ['lateCalls'] }}
        {...usual}
        help="Calls of this step that reach the service only after its undo or its look-up. Choose that they are refused only if the service guarantees it for calls with the same key."
        options={[
          { value: 'refused', label: 'The service refuses them' },
          { value: 'possible', label: 'They can still take effect' },
        ]}
      />
      <DurationField
        label="A late call can take effect for at most"
        place={{ target, path: ['settlesWithin'] }}
        placeholder={declared?.settlesWithin ?? 'not known'}
        help="After this time, a call without an answer has taken effect or never will."
      />
    </>
  );
}
