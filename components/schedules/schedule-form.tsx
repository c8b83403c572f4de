'use client';

/** Makes or changes a schedule: when, with which input, and what happens while a run is open. The next ten times are shown as it is filled in. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { CalendarClock } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useState } from 'react';
import type { StartFormModel } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import {
  whenSchema,
  type ScheduleDetail,
  type ScheduleSettings,
  type TimesAnswer,
  type When,
} from '@/app/_contract/schedules';
import { SchemaForm } from '@/components/flow/schema-form';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { useRequestId } from '@/components/live/request-id';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { Details } from '@/components/ui/details';
import { CheckboxField, Field, Input, Select } from '@/components/ui/field';
import { RadioList } from '@/components/ui/radio-list';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import { useLocalZone } from '@/components/ui/zone-field';
import { NextTimes } from './next-times';
import { WhenField } from './when-field';
import { OVERLAP_OPTIONS, whenWords } from './when-words';

export interface ScheduleFormProps {
  /** Null: none is chosen yet. */
  form: StartFormModel | null;
  flows: readonly { name: string; title: string }[];
  /** Null: a new one is made. */
  schedule: ScheduleDetail | null;
}

/** `when`: null until somebody changes it. */
type Own = Omit<ScheduleSettings, 'flow' | 'input' | 'when'> & { when: When | null };

const weekdays = (zone: string): When => ({ kind: 'weekly', days: [1, 2, 3, 4, 5], times: ['09:00'], zone });
const FRESH: Own = {
  when: null,
  overlap: 'skip',
  catchupMinutes: null,
  jitterSeconds: 0,
  remaining: null,
  pausesOnFailure: false,
  note: '',
};

export function ScheduleForm({ form, flows, schedule }: ScheduleFormProps) {
  const router = useRouter();
  const away = useAway();
  const [own, setOwn] = useState<Own>(() => {
    if (!schedule) return FRESH;
    const { input: _, ...others } = schedule.settings;
    return { ...others, when: schedule.when };
  });
  const local = useLocalZone();
  const when = own.when ?? weekdays(local);
  const [id, setId] = useState<string | null>(null);
  const [problems, setProblems] = useState<Record<string, string>>({});
  const set = (change: Partial<Own>) => setOwn((before) => ({ ...before, ...change }));
  const whyNot = useWhyNot(schedule ? 'schedules.update' : 'schedules.create', form?.flow ?? null);
  const requestId = useRequestId();
  const named = id ?? form?.flow ?? '';
  const scenario = schedule ? undefined : form?.scenarios[0];

  const save = async (input: unknown) => {
    setProblems({});
    const body = { ...own, when, flow: form!.flow, input, ...(schedule ? { token: schedule.token } : { id: named }) };
    const url = schedule ? routes.schedule(schedule.id) : routes.schedules();
    try {
      const saved = await postJson<{ id: string }>(url, { ...body, requestId: requestId.of([url, body]) });
      requestId.answered();
      router.push(pages.schedule(saved.id));
    } catch (error) {
      const { problems: found = [] } = failureFrom(error);
      setProblems(Object.fromEntries(found.map(({ at, message }) => [at, message])));
      throw error;
    }
    // The button remains busy until the page is shown.
    await new Promise(() => {});
  };

  const whenFields = (
    <section aria-label="When" className="flex flex-col gap-3 border-b border-hairline pb-4">
      {schedule && !schedule.when ? (
        <p className="text-sm text-ink-2">
          Another program made the times of this schedule. If you save, they are replaced by those below.
        </p>
      ) : null}
      <WhenField value={when} onChange={(next) => set({ when: next })} problems={whenProblems(problems)} />
    </section>
  );
  return (
    <div className="mx-auto grid max-w-5xl items-start gap-4 p-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <h1 className="text-xl font-semibold lg:col-span-2">{schedule ? `Edit ${schedule.id}` : 'New schedule'}</h1>
      <Card>
        <CardBody className="flex flex-col gap-4">
          {schedule ? null : (
            <Field label="Flow" required help="Each start takes the newest version of the flow.">
              <Select
                options={flows.map(({ name, title }) => ({ value: name, label: title }))}
                value={form?.flow}
                onValueChange={(flow) => router.replace(pages.newSchedule(flow))}
                placeholder="Choose a flow…"
              />
            </Field>
          )}
          {form ? (
            <SchemaForm
              key={form.flow}
              lead={whenFields}
              schema={form.input}
              initial={schedule?.settings.input ?? scenario?.input ?? {}}
              filledFrom={scenario?.name}
              ownFields={Object.keys(OWN_FIELDS)}
              onSubmit={save}
              disabledReason={form.archived ? ARCHIVED : (whyNot ?? away?.reason ?? null)}
              submitLabel={
                <>
                  <CalendarClock aria-hidden />
                  {schedule ? 'Save the schedule' : 'Make the schedule'}
                </>
              }
            >
              <Policies own={own} set={set} />
              {schedule ? null : (
                <Field
                  label="Schedule id"
                  required
                  error={problems['/id']}
                  help="The runs have it as their id, with the time of their start."
                >
                  <Input value={named} maxLength={200} onChange={({ target }) => setId(target.value)} />
                </Field>
              )}
            </SchemaForm>
          ) : (
            whenFields
          )}
        </CardBody>
      </Card>
      <Preview when={when} />
    </div>
  );
}

const ARCHIVED = 'The flow is archived: no version of it starts runs. Restore it on its page first.';
/** Whose problems are shown at their fields here. */
const OWN_FIELDS = {
  '/id': true,
  '/when/text': true,
  '/when/zone': true,
  '/when/times': true,
  '/when/days': true,
  '/when/count': true,
};

function whenProblems(problems: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(problems).flatMap(([at, message]) => {
    const field = /^\/when\/(\w+)/.exec(at)?.[1];
    return field ? [[field, message] as const] : [];
  });
  return Object.fromEntries(own);
}

/** Null for a field that is empty. */
const numberOf = (text: string): number | null => (text.trim() === '' ? null : Number(text));

function Policies({ own, set }: { own: Own; set: (change: Partial<Own>) => void }) {
  return (
    <div className="flex flex-col gap-4 border-t border-hairline pt-4">
      <RadioList
        legend="If the run before is still open"
        options={OVERLAP_OPTIONS}
        value={own.overlap}
        onChange={(overlap) => set({ overlap })}
      />
      <CheckboxField
        label="Pause after a run that failed"
        checked={own.pausesOnFailure}
        onCheckedChange={(checked) => set({ pausesOnFailure: checked === true })}
      />
      <Details>
        <summary className="cursor-pointer text-sm font-medium">More</summary>
        <div className="grid gap-3 pt-2 sm:grid-cols-3">
          <Field label="Catch-up window" help="In minutes. Older times are missed after an outage; empty: a year.">
            <Input
              type="number"
              min={1}
              value={own.catchupMinutes ?? ''}
              onChange={({ target }) => set({ catchupMinutes: numberOf(target.value) })}
            />
          </Field>
          <Field label="Spread" help="In seconds. Each start is later by less than this.">
            <Input
              type="number"
              min={0}
              value={own.jitterSeconds}
              onChange={({ target }) => set({ jitterSeconds: numberOf(target.value) ?? 0 })}
            />
          </Field>
          <Field label="Runs at most" help="It stops after so many; empty: never.">
            <Input
              type="number"
              min={0}
              value={own.remaining ?? ''}
              onChange={({ target }) => set({ remaining: numberOf(target.value) })}
            />
          </Field>
        </div>
      </Details>
      <Field label="Note">
        <Input value={own.note} maxLength={900} onChange={({ target }) => set({ note: target.value })} />
      </Field>
    </div>
  );
}

function Preview({ when }: { when: When }) {
  const asked = useDeferredValue(when);
  const isWhole = whenSchema.safeParse(asked).success;
  const text = JSON.stringify(asked);
  const { data, error } = useQuery({
    queryKey: ['schedules', 'preview', text],
    queryFn: ({ signal }) => getJson<TimesAnswer>(routes.previewSchedule(text), signal),
    enabled: isWhole,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const local = useLocalZone();
  const zone = asked.kind === 'every' ? local : asked.zone;
  const failure = error ? failureFrom(error) : null;
  const problem = failure?.problems?.[0]?.message ?? failure?.message ?? null;
  return (
    <Card className="lg:sticky lg:top-4">
      <CardHeader title="The next ten times" description={isWhole && !problem ? whenWords(asked) : undefined} />
      <CardBody aria-live="polite">
        {problem ? (
          <p className="text-sm text-fail">{problem}</p>
        ) : !isWhole ? (
          <p className="text-sm text-ink-2">They are shown when the fields are filled in.</p>
        ) : data ? (
          <NextTimes times={data.times} zone={zone} label="The next ten times" />
        ) : null}
      </CardBody>
    </Card>
  );
}
