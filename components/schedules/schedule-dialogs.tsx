'use client';

/** What is asked before a schedule is paused, filled in or deleted. */
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { pages, routes } from '@/app/_contract/routes';
import type { Overlap, ScheduleDetail, TimesAnswer } from '@/app/_contract/schedules';
import { FailureBand } from '@/components/live/failure-band';
import { getJson } from '@/components/live/api';
import { useSend } from '@/components/live/use-send';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { useZone, zoneWords } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { countOf } from '@/components/words';
import { fromLocalField, toLocalField } from '@/engine/flow/zones';
import { NextTimes } from './next-times';
import { OVERLAP_OPTIONS } from './when-words';

export interface ScheduleDialogProps {
  schedule: ScheduleDetail;
  onClose: () => void;
}
const REFRESHES = ['schedules'];
const OVERLAPS = OVERLAP_OPTIONS.map(({ value, label, description }) => ({ value, label, description }));

export function PauseDialog({ schedule: { id, paused }, onClose }: ScheduleDialogProps) {
  const { pending, failure, send } = useSend(REFRESHES);
  const [note, setNote] = useState('');
  const submit = async () => {
    if (!(await send(routes.pauseSchedule(id), { paused: !paused, note }))) return;
    toast(paused ? 'The schedule starts runs again.' : 'The schedule is paused.');
    onClose();
  };
  return (
    <FormDialog
      title={paused ? 'Unpause this schedule?' : 'Pause this schedule?'}
      description={
        paused
          ? 'It starts runs from its next time on. Times that passed meanwhile are not made up for.'
          : 'It starts no run until it is unpaused. Runs that are open go on.'
      }
      action={paused ? 'Unpause' : 'Pause'}
      pending={pending}
      onSubmit={submit}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <Field label="Note" help="Shown beside the schedule.">
        <Input value={note} maxLength={900} onChange={({ target }) => setNote(target.value)} />
      </Field>
    </FormDialog>
  );
}

const DAY_MS = 86_400_000;

export function BackfillDialog({ schedule: { id, settings }, zone, onClose }: ScheduleDialogProps & { zone: string }) {
  const { pending, failure, send } = useSend(REFRESHES);
  const own = useZone();
  const [[from, until], setRange] = useState(() => [
    toLocalField(Date.now() - 7 * DAY_MS, own),
    toLocalField(Date.now(), own),
  ]);
  const [overlap, setOverlap] = useState<Overlap>(settings.overlap === 'skip' ? 'bufferAll' : settings.overlap);
  const [fromMs, untilMs] = [from, until].map((text) => fromLocalField(text ?? '', own) ?? NaN) as [number, number];
  const isRange = fromMs <= untilMs;
  const { data, isFetching } = useQuery({
    queryKey: ['schedules', 'times', id, fromMs, untilMs],
    queryFn: ({ signal }) => getJson<TimesAnswer>(routes.scheduleTimes(id, fromMs, untilMs), signal),
    enabled: isRange,
  });
  const times = isRange ? (data?.times ?? []) : [];
  const many = data?.isCut ? 'More than 1,000 runs' : countOf(times.length, 'run');
  const submit = async () => {
    if (!(await send(routes.backfillSchedule(id), { fromMs, untilMs, overlap }))) return;
    toast(`${many} ${times.length === 1 ? 'is' : 'are'} started.`);
    onClose();
  };
  return (
    <FormDialog
      title="Fill in times that passed"
      description="A run is started for each time of the schedule in this range, also while it is paused."
      action={times.length > 0 ? `Start ${many.toLowerCase()}` : 'Start runs'}
      pending={pending}
      disabledReason={
        !isRange
          ? 'The end is before the beginning.'
          : times.length === 0 && !isFetching
            ? 'The range has no time.'
            : null
      }
      onSubmit={submit}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="From" required help={zoneWords(own)}>
          <Input
            type="datetime-local"
            value={from}
            onChange={({ target }) => setRange(([, end]) => [target.value, end ?? ''])}
          />
        </Field>
        <Field label="Until" required>
          <Input
            type="datetime-local"
            value={until}
            onChange={({ target }) => setRange(([start]) => [start ?? '', target.value])}
          />
        </Field>
      </div>
      <Field label="If the run before is still open" required>
        <Select options={OVERLAPS} value={overlap} onValueChange={(next) => setOverlap(next as Overlap)} />
      </Field>
      <section aria-label="Which times" aria-live="polite" className="max-h-52 overflow-y-auto">
        <p className="mb-1 text-sm font-medium">{isRange && data ? many : ' '}</p>
        <NextTimes times={times.slice(0, 100)} zone={zone} label="Times in the range" />
        {times.length > 100 ? <p className="text-xs text-ink-2">and {times.length - 100} more</p> : null}
      </section>
    </FormDialog>
  );
}

export function DeleteDialog({ schedule: { id, counts }, onClose }: ScheduleDialogProps) {
  const router = useRouter();
  const { pending, failure, send } = useSend();
  const submit = async () => {
    if (!(await send(routes.deleteSchedule(id), {}))) return;
    toast('The schedule is deleted.');
    router.push(pages.schedules());
  };
  return (
    <FormDialog
      title={`Delete ${id}?`}
      description={
        counts.waiting > 0
          ? `It starts no further run, also not the ${countOf(counts.waiting, 'run')} that wait. Runs that were started go on.`
          : 'It starts no further run. Runs that were started go on.'
      }
      action="Delete the schedule"
      danger
      pending={pending}
      onSubmit={submit}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <p className="text-sm text-ink-2">This cannot be taken back.</p>
    </FormDialog>
  );
}
