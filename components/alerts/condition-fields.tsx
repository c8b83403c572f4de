'use client';

/** The numbers of a condition. They are texts while somebody types; `conditionOf` makes the condition that is sent. */
import { STEP_SECONDS, type AlertCondition } from '@/app/_contract/alerts';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { Field, Select } from '@/components/ui/field';
import { RadioList } from '@/components/ui/radio-list';
import { durationInWords } from '@/engine/flow/values/format';
import { NumberField, numberOf } from './number-field';
import { FIRST } from './words';

/** Of every field of every kind. */
export type Typed = Record<'minutes' | 'attempts' | 'percent' | 'runs' | 'seconds' | 'step', string> & {
  of: 'p95' | 'any';
};

export function typedOf(condition: AlertCondition): Typed {
  const fields: Partial<Record<string, unknown>> = { ...condition };
  const text = (name: string) => (typeof fields[name] === 'number' ? String(fields[name]) : '');
  return {
    minutes: text('minutes'),
    attempts: text('attempts'),
    percent: text('percent'),
    runs: text('runs'),
    seconds: text('seconds'),
    step: typeof fields.step === 'string' ? fields.step : '',
    of: fields.of === 'any' ? 'any' : 'p95',
  };
}

/** Numbers may be missing or wrong: the server says so at the field. */
export function conditionOf(kind: AlertCondition['kind'], typed: Typed): Record<string, unknown> {
  const names = Object.keys(FIRST[kind]) as (keyof Typed | 'kind')[];
  return Object.fromEntries(
    names.map((name) => {
      if (name === 'kind') return [name, kind];
      return [name, name === 'of' || name === 'step' ? typed[name] : numberOf(typed[name])];
    })
  );
}

const MINUTES: Partial<Record<AlertCondition['kind'], string>> = {
  stuck: 'Retried for longer than, in minutes',
  failureRate: 'Within the last minutes',
  slow: 'Among those that ended within the last minutes',
  slowStep: 'Among those that ended within the last minutes',
  overdue: 'Overdue for, in minutes',
  noWorker: 'Oldest task waits for longer than, in minutes',
  eventsStopped: 'Fails for longer than, in minutes',
};

export function ConditionFields({
  kind,
  typed,
  onChange,
  problem,
  flow,
}: {
  kind: AlertCondition['kind'];
  typed: Typed;
  onChange: (typed: Typed) => void;
  problem: (at: string) => string | null;
  /** The only flow of the rule; null: there are several. */
  flow: string | null;
}) {
  const names = Object.keys(FIRST[kind]);
  const field = (name: Exclude<keyof Typed, 'of' | 'step'>, label: string, help?: string) =>
    names.includes(name) ? (
      <NumberField
        key={name}
        label={label}
        required={name !== 'attempts'}
        {...(help === undefined ? {} : { help })}
        value={typed[name]}
        onChange={(value) => onChange({ ...typed, [name]: value })}
        error={problem(`/condition/${name}`)}
      />
    ) : null;
  if (names.length === 1) return null;
  return (
    <>
      {kind === 'slowStep' ? (
        <StepField flow={flow} step={typed.step} onStep={(step) => onChange({ ...typed, step })} />
      ) : null}
      {kind === 'slow' || kind === 'slowStep' ? (
        <RadioList
          legend={kind === 'slow' ? 'Which runs' : 'How often'}
          value={typed.of}
          onChange={(of) => onChange({ ...typed, of })}
          options={[
            { value: 'p95', label: 'More than one in twenty (p95)', description: 'Of those that ended.' },
            {
              value: 'any',
              label: 'Any single one',
              description: kind === 'slow' ? 'Also one that is still open.' : 'It is seen when the step ends.',
            },
          ]}
        />
      ) : null}
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        {field('percent', 'More than, in percent')}
        {kind === 'slowStep' ? (
          <Field label="Longer than" required error={problem('/condition/seconds')}>
            <Select
              className="w-48"
              value={typed.seconds}
              onValueChange={(seconds) => onChange({ ...typed, seconds })}
              options={STEP_SECONDS.map((seconds) => ({ value: String(seconds), label: secondsWords(seconds) }))}
            />
          </Field>
        ) : (
          field('seconds', 'Longer than, in seconds')
        )}
        {field('minutes', MINUTES[kind] ?? 'Minutes')}
        {field('attempts', 'Or more often than', 'Attempts; empty: however often.')}
        {typed.of === 'any' && (kind === 'slow' || kind === 'slowStep')
          ? null
          : field('runs', kind === 'slowStep' ? 'Of at least so many times' : 'Of at least so many runs')}
      </div>
    </>
  );
}

const secondsWords = (seconds: number): string =>
  seconds < 1 ? `${seconds * 1_000} milliseconds` : durationInWords(seconds * 1_000);

/** `flow`: null for several, which have no step in common that could be chosen. */
function StepField({ flow, ...props }: { flow: string | null; step: string; onStep: (step: string) => void }) {
  return flow === null ? <StepSelect {...props} steps={[]} /> : <StepOfFlow {...props} flow={flow} />;
}

function StepOfFlow({ flow, ...props }: { flow: string; step: string; onStep: (step: string) => void }) {
  const { data } = useList<FlowDetail>('flows', routes.flow(flow));
  const nodes = Object.entries(data?.shown.manifest.nodes ?? {});
  const steps = nodes.filter(([, node]) => node.kind === 'action' || node.kind === 'child');
  return (
    <StepSelect {...props} steps={steps.map(([id, { title }]) => ({ value: id, label: title, description: id }))} />
  );
}

const ANY = 'any step';
function StepSelect({
  step,
  onStep,
  steps,
}: {
  step: string;
  onStep: (step: string) => void;
  steps: { value: string; label: string; description: string }[];
}) {
  const isKnown = step === '' || steps.some(({ value }) => value === step);
  return (
    <Field
      label="Which step"
      required
      help={
        steps.length > 0 ? 'One alert for each step.' : 'One alert for each step. Choose one flow below to name a step.'
      }
    >
      <Select
        className="w-full max-w-md"
        value={step || ANY}
        onValueChange={(chosen) => onStep(chosen === ANY ? '' : chosen)}
        options={[{ value: ANY, label: 'Any step' }, ...steps, ...(isKnown ? [] : [{ value: step, label: step }])]}
      />
    </Field>
  );
}
