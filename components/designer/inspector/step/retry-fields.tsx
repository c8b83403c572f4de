'use client';

/** Retries and timeouts of one call. Empty fields have the values of the catalogue. */
import { activityOptionsSchema, type ActivityOptions } from '@/engine/flow/activity-options';
import { callPath, type CallOf } from '@/engine/flow/edit/fields';
import { pivotPlaces } from '@/engine/flow/pivots';
import { useEditing, useField } from '../editing';
import { DurationField, NumberField } from '../fields/number-field';
import { ProblemLines } from '../fields/frame';
import { TagsField } from '../fields/tags-field';
import { within, type Place } from '../place';
import { RetryPicture } from './retry-picture';

export function useOptions(nodeId: string, call: CallOf) {
  const { catalogue, document } = useEditing();
  const base: Place = { target: { node: nodeId }, path: callPath(call) };
  const activity = useField(within(base, 'activity')).value;
  const field = useField(within(base, 'options'));
  const name = typeof activity === 'string' ? activity : '';
  const declared = (Object.hasOwn(catalogue, name) && catalogue[name]?.defaultOptions) || {};
  // From the point of no return on a step has no limit but its own.
  const isForward = call === 'step' && (pivotPlaces(document.steps).get(nodeId) ?? 'before') !== 'before';
  const usual = isForward ? { ...declared, retry: { ...declared.retry, maximumAttempts: 0 } } : declared;
  const read = activityOptionsSchema.safeParse(field.value ?? {});
  const own = read.success ? read.data : {};
  const options: ActivityOptions = { ...usual, ...own, retry: { ...usual.retry, ...own.retry } };
  return { place: within(base, 'options'), usual, own, options };
}

/** In a few words, for a closed section. */
export function optionsWords({ retry, startToCloseTimeout }: ActivityOptions): string {
  const most = retry?.maximumAttempts;
  const attempts =
    most === undefined || most === 0 ? 'no limit of attempts' : most === 1 ? '1 attempt' : `${most} attempts`;
  return startToCloseTimeout === undefined ? attempts : `${attempts}, ${startToCloseTimeout} each`;
}

export function RetryFields({ nodeId, call }: { nodeId: string; call: CallOf }) {
  const { place, usual, options } = useOptions(nodeId, call);
  const retry = within(place, 'retry');
  const usualRetry = usual.retry ?? {};
  const pauses = useField(retry).problems;
  const most = usualRetry.maximumAttempts;
  return (
    <>
      <RetryPicture options={options} />
      <div className="grid grid-cols-2 items-start gap-3">
        <NumberField
          label="Attempts"
          place={within(retry, 'maximumAttempts')}
          placeholder={most === undefined ? 'no limit' : most === 0 ? 'no limit' : String(most)}
          help="0: no limit."
        />
        <DurationField
          label="Time for one attempt"
          place={within(place, 'startToCloseTimeout')}
          placeholder={usual.startToCloseTimeout}
          help="Then it counts as failed."
        />
        <DurationField
          label="First pause"
          place={within(retry, 'initialInterval')}
          placeholder={usualRetry.initialInterval ?? '1s'}
          help="After the first failure."
        />
        <DurationField
          label="Longest pause"
          place={within(retry, 'maximumInterval')}
          placeholder={usualRetry.maximumInterval ?? '100 × first'}
          help="Pauses do not grow beyond it."
        />
        <NumberField
          label="Pauses grow by a factor of"
          place={within(retry, 'backoffCoefficient')}
          placeholder={String(usualRetry.backoffCoefficient ?? 2)}
          help="2: twice as long as the last one. 1: all are equal."
        />
        <DurationField
          label="Time for all attempts"
          place={within(place, 'scheduleToCloseTimeout')}
          placeholder={usual.scheduleToCloseTimeout ?? 'no limit'}
          help="With the pauses between them."
        />
        <DurationField
          label="Time in the queue"
          place={within(place, 'scheduleToStartTimeout')}
          placeholder={usual.scheduleToStartTimeout ?? 'no limit'}
          help="Until a worker begins."
        />
        <DurationField
          label="Time between heartbeats"
          place={within(place, 'heartbeatTimeout')}
          placeholder={usual.heartbeatTimeout ?? 'none'}
          help="For operations that report that they are alive."
        />
      </div>
      {pauses.length > 0 ? <ProblemLines problems={pauses} /> : null}
      <TagsField
        label="Do not try again after these failures"
        place={within(retry, 'nonRetryableErrorTypes')}
        optional
        pruned
        placeholder="none, or for example CardDeclined"
        help="Types of failures, as the operation reports them."
      />
    </>
  );
}
