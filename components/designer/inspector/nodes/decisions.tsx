'use client';

/** The decisions that an approval names: each on a button of the inbox, with its meaning and its form. */
import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import type { DraftNode, Json } from '@/engine/flow/edit/draft';
import { MOST_DECISIONS } from '@/engine/flow/human-limits';
import { fieldsOf } from '@/engine/run-view/fields';
import { offeredBy } from '@/engine/saga/contract';
import { SchemaField } from '../../schema-editor/schema-field';
import { useField } from '../editing';
import { ChoiceField } from '../fields/choice-field';
import { Help, ProblemLines } from '../fields/frame';
import { freeName } from '../fields/name-field';
import { Entry } from '../fields/section';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, fieldName, within, type Place } from '../place';

/** Key and title of each decision that the draft offers, as far as they can be read. */
export function draftDecisions({ fields: { decisions } }: DraftNode): { key: string; title: string }[] {
  if (!Array.isArray(decisions)) return offeredBy({}).map(({ key, title }) => ({ key, title }));
  return decisions.flatMap((each) => {
    const { key, title } = fieldsOf(each);
    return typeof key === 'string' ? [{ key, title: typeof title === 'string' && title !== '' ? title : key }] : [];
  });
}

export function Decisions({ node }: { node: DraftNode }) {
  const place: Place = { target: { node: node.id }, path: ['decisions'] };
  const field = useField(place);
  const list: readonly Json[] | null = Array.isArray(field.value) ? field.value : null;
  const keys = draftDecisions(node).map(({ key }) => key);
  const add = (to: readonly Json[]) => field.set([...to, { key: freeName('decision', keys), title: 'New decision' }]);
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-3">
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
      {list === null ? (
        <Help>People approve or reject. Name other decisions if there is more to choose, or a value to ask for.</Help>
      ) : null}
      {(list ?? []).map((_, index) => (
        <Decision
          key={index}
          place={within(place, index)}
          name={`decision ${index + 1}`}
          onRemove={() => {
            const left = (list ?? []).toSpliced(index, 1);
            field.set(left.length === 0 ? undefined : left);
          }}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        {(list?.length ?? 0) < MOST_DECISIONS ? (
          <Button size="sm" onClick={() => add(list ?? offeredBy({}).map((each) => ({ ...each }) as unknown as Json))}>
            <Plus aria-hidden />
            {list === null ? 'Name the decisions' : 'Add a decision'}
          </Button>
        ) : null}
        {list === null ? null : (
          <Button size="sm" variant="ghost" onClick={() => field.set(undefined)}>
            Only approve and reject
          </Button>
        )}
      </div>
    </div>
  );
}

function Decision({ place, name, onRemove }: { place: Place; name: string; onRemove: () => void }) {
  return (
    <Entry {...{ [FIELD_ATTRIBUTE]: fieldName(place.path) }} role="group" aria-label={name}>
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <TextField label="On the button" place={within(place, 'title')} />
        </div>
        <IconButton size="sm" label={`Remove ${name}`} onClick={onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
      <TextField
        label="Name in expressions"
        place={within(place, 'key')}
        mono
        help="Later steps compare the decision with it."
      />
      <Meaning place={within(place, 'turnsBack')} />
      <CommentOf place={within(place, 'requireComment')} />
      <SchemaField
        label="Values to ask for"
        place={within(place, 'form')}
        help="Whoever takes this decision fills them in. Later steps read them."
        add="Ask for values"
        optional
        groupOnly
        isFilled
      />
    </Entry>
  );
}

function Meaning({ place }: { place: Place }) {
  return (
    <ChoiceField
      label="Then the run"
      place={place}
      usual="false"
      options={[
        { value: 'false', label: 'Goes on' },
        { value: 'true', label: 'Turns back, as after a rejection' },
      ]}
      asValue={(chosen) => (chosen === 'true' ? true : undefined)}
    />
  );
}

function CommentOf({ place }: { place: Place }) {
  return (
    <ChoiceField
      label="Its comment"
      place={place}
      nothing="As for all decisions"
      options={[
        { value: 'true', label: 'Required' },
        { value: 'false', label: 'Not required' },
      ]}
      asValue={(chosen) => chosen === 'true'}
    />
  );
}
