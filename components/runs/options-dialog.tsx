'use client';

/**
 * Other timeouts and another retry policy for a pending step of this run. What is not changed is not sent, so that two
 * people who change different things both get theirs.
 */
import { useState } from 'react';
import { changedOptionsSchema, type Receipt } from '@/app/_contract/runs';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { durationMs } from '@/engine/flow/duration';
import { writtenDuration } from '@/engine/flow/values/written-duration';
import type { PendingActivityView, StepOptions } from '@/engine/run-view/model';
import { pendingNow } from './pause-dialogs';
import { deedOfPending } from './pause-words';
import { Meanwhile } from './run-dialogs';
import type { RunView } from './run-view';

interface Option {
  name: keyof StepOptions;
  label: string;
  help: string;
  kind: 'limit' | 'wait' | 'number';
}
const OPTIONS: readonly Option[] = [
  { name: 'startToCloseMs', label: 'Time for one attempt', help: 'Empty: no limit.', kind: 'limit' },
  {
    name: 'scheduleToCloseMs',
    label: 'Time for all attempts',
    help: 'Counts from the first one. Empty: no limit.',
    kind: 'limit',
  },
  { name: 'heartbeatMs', label: 'Time between heartbeats', help: 'Empty: none are expected.', kind: 'limit' },
  { name: 'maximumAttempts', label: 'Attempts', help: '0: no limit.', kind: 'number' },
  { name: 'initialIntervalMs', label: 'First wait', help: 'Between two attempts.', kind: 'wait' },
  { name: 'backoffCoefficient', label: 'Each wait is longer by', help: '2: twice as long.', kind: 'number' },
  { name: 'maximumIntervalMs', label: 'Longest wait', help: 'Between two attempts.', kind: 'wait' },
];

/** As documents write it: 60000 → '1m'. */
const written = ({ kind }: Option, value: number): string =>
  kind === 'number' ? String(value) : value === 0 ? '' : (writtenDuration(`${value} milliseconds`) ?? '');

/** NaN for a text that is no duration or number. */
function read({ kind }: Option, text: string): number {
  const given = text.trim();
  if (kind === 'number') return given === '' ? NaN : Number(given);
  if (given === '') return kind === 'limit' ? 0 : NaN;
  return durationMs(writtenDuration(given) ?? '');
}

function faultOf(option: Option, text: string): string | null {
  const value = read(option, text);
  if (Number.isNaN(value)) return option.kind === 'number' ? 'Enter a number.' : 'A number and a unit: 30s, 5m, 12h.';
  const checked = changedOptionsSchema.safeParse({ [option.name]: value });
  return checked.success ? null : (checked.error.issues[0]?.message ?? 'This cannot be used.');
}

export function OptionsDialog({
  view,
  activity,
  options,
  onClose,
}: {
  view: RunView;
  /** As it was when the dialog was opened. */
  activity: PendingActivityView;
  options: StepOptions;
  onClose: () => void;
}) {
  const { workflowId, runId } = view.live.summary;
  const [texts, setTexts] = useState(
    () =>
      Object.fromEntries(OPTIONS.map((each) => [each.name, written(each, options[each.name])])) as Record<
        keyof StepOptions,
        string
      >
  );
  const [tried, setTried] = useState(false);
  const { pending, failure, send } = useSend();
  const now = pendingNow(view, activity);
  const title = deedOfPending(view, activity);
  const changed = OPTIONS.filter((each) => read(each, texts[each.name]) !== options[each.name]);
  const faulty = changed.some((each) => faultOf(each, texts[each.name]));
  const meanwhile = pending || now ? null : 'It is no longer pending: it has ended meanwhile.';

  const change = async (body: Partial<StepOptions> | null, done: string) => {
    const { activityId } = activity;
    if (!(await send<Receipt>(routes.changeStep(workflowId, runId), { activityId, options: body }))) return;
    toast.success(done);
    onClose();
  };
  const submit = () => {
    setTried(true);
    if (faulty) return;
    void change(
      Object.fromEntries(changed.map((each) => [each.name, read(each, texts[each.name])])),
      `The options of ${title} were changed.`
    );
  };
  const blocked = view.blocked ?? meanwhile;
  return (
    <FormDialog
      title={`Options of '${title}'`}
      description="For this run only, until this step ends. They hold for the attempt that is under way too; the next attempt is due as the new options say."
      action="Change"
      pending={pending}
      disabledReason={blocked ?? (changed.length === 0 ? 'Nothing was changed yet.' : null)}
      aside={
        <Button
          className="mr-auto"
          disabledReason={blocked}
          onClick={() => void change(null, `${title} has the options of its flow again.`)}
        >
          As in the flow
        </Button>
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="grid items-start gap-3 sm:grid-cols-2">
        {OPTIONS.map((option) => (
          <Field
            key={option.name}
            label={option.label}
            required={option.kind !== 'limit'}
            help={option.help}
            error={tried && changed.includes(option) ? faultOf(option, texts[option.name]) : null}
          >
            <Input
              className="figures"
              autoComplete="off"
              inputMode={option.kind === 'number' ? 'decimal' : undefined}
              value={texts[option.name]}
              onChange={({ target }) => setTexts((before) => ({ ...before, [option.name]: target.value }))}
            />
          </Field>
        ))}
      </div>
      <Meanwhile text={meanwhile} />
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
