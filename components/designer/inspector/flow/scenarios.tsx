'use client';

/** Prepared inputs: somebody who starts a run can choose one. */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Details } from '@/components/ui/details';
import { fieldsOf } from '@/engine/run-view/fields';
import { idFor } from '@/engine/flow/edit/compose';
import { useField } from '../editing';
import { Help, ProblemLines } from '../fields/frame';
import { JsonField } from '../fields/json-field';
import { Entry } from '../fields/section';
import { TextField } from '../fields/text-field';
import { FIELD_ATTRIBUTE, within, type Place } from '../place';

export function Scenarios() {
  const place: Place = { target: { node: null }, path: ['scenarios'] };
  const field = useField(place);
  const list = Array.isArray(field.value) ? field.value : [];
  const [added, setAdded] = useState<number | null>(null);
  const names = new Set(list.map((each) => String(fieldsOf(each).name)));
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-3">
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
      {list.length === 0 ? <Help>Prepared inputs, for the form that starts a run.</Help> : null}
      {list.map((each, index) => (
        <Details key={index} openAtFirst={index === added}>
          <summary className="flex min-h-9 pointer-coarse:min-h-11 cursor-pointer items-center rounded-md border border-hairline bg-card px-3 py-1 text-sm hover:border-mark">
            <span className="truncate">{String(fieldsOf(each).title ?? '')}</span>
          </summary>
          <Entry role="group" aria-label={`Scenario ${index + 1}`} className="mt-1">
            <TextField label="Title" place={within(place, index, 'title')} />
            <TextField
              label="Name"
              place={within(place, index, 'name')}
              mono
              help="Small letters, digits and dashes."
            />
            <TextField label="Description" place={within(place, index, 'description')} optional long />
            <JsonField label="Input" place={within(place, index, 'input')} />
            <IconButton
              label={`Remove scenario ${index + 1}`}
              size="sm"
              variant="danger"
              className="w-auto gap-2 self-start px-2.5"
              onClick={() => field.set(list.toSpliced(index, 1))}
            >
              <X aria-hidden />
              Remove
            </IconButton>
          </Entry>
        </Details>
      ))}
      <Button
        size="sm"
        className="self-start"
        onClick={() => {
          setAdded(list.length);
          field.set([...list, { name: idFor('Scenario', names), title: 'New scenario', input: {} }]);
        }}
      >
        <Plus aria-hidden />
        Add a scenario
      </Button>
    </div>
  );
}
