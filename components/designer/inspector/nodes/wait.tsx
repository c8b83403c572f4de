'use client';

import { Field, Input } from '@/components/ui/field';
import type { DraftNode, Json } from '@/engine/flow/edit/draft';
import { setField } from '@/engine/flow/edit/fields';
import { zones } from '@/engine/flow/zones';
import { useEditing, useField } from '../editing';
import { ExpressionField } from '../expressions/expression-field';
import { ValueField } from '../expressions/value-field';
import { RadioField } from '../fields/choice-field';
import { Section } from '../fields/section';
import { TextField } from '../fields/text-field';
import type { Place } from '../place';
import { writtenMoment } from './written-moment';

const ZONES = zones();

export function WaitForm({ node }: { node: DraftNode }) {
  const { draft, onEdit } = useEditing();
  const target = { node: node.id };
  const place = (field: string): Place => ({ target, path: [field] });
  const way = node.fields.until !== undefined && node.fields.duration === undefined ? 'until' : 'duration';
  const choose = (next: 'until' | 'duration') => {
    if (next === way) return;
    const remove = (field: string) => setField(draft, target, [field], undefined);
    const set = (field: string, value: Json) => setField(draft, target, [field], value);
    onEdit(
      next === 'until'
        ? [...remove('duration'), ...set('until', "'2030-01-01T09:00:00Z'")]
        : [...remove('until'), ...remove('zone'), ...set('duration', '1h')]
    );
  };
  return (
    <Section title="How long">
      <RadioField
        legend="It waits"
        place={place('')}
        value={way}
        onChange={choose}
        options={[
          { value: 'duration', label: 'For a time', description: 'From the moment when the run gets here.' },
          { value: 'until', label: 'Until a moment', description: 'A date and time, written here or computed.' },
        ]}
      />
      {way === 'duration' ? (
        <ValueField
          label="Time"
          place={place('duration')}
          schema={{ type: 'string', format: 'duration' }}
          help="A number and a unit: 30s, 5m, 12h, 30d."
        />
      ) : (
        <>
          <MomentField place={place('until')} zone={textIn(node.fields.zone)} />
          <ExpressionField
            label="Moment"
            place={place('until')}
            expected="string"
            placeholder="'2026-11-28T17:00:00Z'"
            help="A date and time with its offset from UTC, in quotes if it is written here; or an expression that gives one."
          />
          <TextField
            label="Time zone"
            place={place('zone')}
            optional
            placeholder="Europe/Berlin"
            suggestions={ZONES}
            help="With a time zone, the moment may also be a date, or a date and time without an offset."
          />
        </>
      )}
    </Section>
  );
}

const textIn = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** A moment that is written, and not computed: its date and time. */
function MomentField({ place, zone }: { place: Place; zone: string | undefined }) {
  const { readOnly } = useEditing();
  const field = useField(place);
  const moment = writtenMoment(textIn(field.value) ?? '', zone);
  if (!moment) return null;
  return (
    <Field label="Date and time" required help={`In ${moment.zone}.`}>
      <Input
        type="datetime-local"
        value={moment.local}
        readOnly={readOnly !== null}
        onChange={({ target }) => {
          const next = moment.withLocal(target.value);
          if (next !== null) field.set(next, { typing: true });
        }}
        onBlur={field.settle}
      />
    </Field>
  );
}
