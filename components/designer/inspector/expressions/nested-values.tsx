'use client';

/** Values inside a value: the fields of a group, the rows of a record, the items of a list. */
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Input, OptionalMark } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import type { Json } from '@/engine/flow/edit/draft';
import { isFields } from '@/engine/run-view/fields';
import { UNKEPT } from '@/engine/flow/values/pasted';
import { wordsOf } from '@/engine/flow/values/format';
import { useField } from '../editing';
import { Help, ProblemLines } from '../fields/frame';
import { RenameButton } from '../fields/name-field';
import { FIELD_ATTRIBUTE, within } from '../place';
import type { NestedProps } from './value-props';

const freshOf = (schema: JsonSchema | undefined): Json =>
  schema?.type === 'object' ? {} : schema?.type === 'array' ? [] : schema?.type === 'boolean' ? false : '';

/** Fields that the schema names, and rows for others where it allows them. */
export function FieldsOfValue({ label, place, schema, required, help, action, Value }: NestedProps) {
  // A legend names its group only as the first thing in it, and beside this one are buttons.
  const labelId = useId();
  const field = useField(place);
  const given = isFields(field.value) ? (field.value as { [name: string]: Json }) : {};
  const { properties = {}, required: needed = [], additionalProperties } = schema ?? {};
  const others = Object.keys(given).filter((name) => !Object.hasOwn(properties, name));
  // A schema that names its fields allows others only if it says so.
  const open = Object.keys(properties).length === 0 ? additionalProperties !== false : Boolean(additionalProperties);
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return (
    <fieldset {...{ [FIELD_ATTRIBUTE]: field.name }} aria-labelledby={labelId} className="min-w-0">
      <div className="flex min-h-6 items-center justify-between gap-2">
        <span id={labelId} className="text-xs font-medium">
          {label}
          {required ? null : <OptionalMark />}
        </span>
        <div className="flex items-center gap-0.5">{action}</div>
      </div>
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : help ? <Help>{help}</Help> : null}
      <div className="mt-1 flex flex-col gap-3 border-l border-hairline pl-3">
        {Object.entries(properties).map(([name, inner]) => (
          <Value key={name} place={within(place, name)} schema={inner} required={needed.includes(name)} />
        ))}
        {others.map((name) => (
          <Row
            Value={Value}
            key={name}
            name={name}
            given={given}
            onSet={field.set}
            place={place}
            schema={rest}
            isKnown={open}
          />
        ))}
        {open ? <NewRow taken={given} onAdd={(name) => field.set({ ...given, [name]: freshOf(rest) })} /> : null}
      </div>
    </fieldset>
  );
}

function Row({
  name,
  given,
  place,
  schema,
  isKnown,
  onSet,
  Value,
}: {
  name: string;
  given: { readonly [name: string]: Json };
  place: NestedProps['place'];
  schema: JsonSchema | undefined;
  isKnown: boolean;
  onSet: (value: Json) => void;
  Value: NestedProps['Value'];
}) {
  return (
    <Value
      label={<span className="font-mono">{name}</span>}
      place={within(place, name)}
      schema={schema}
      help={isKnown ? undefined : 'The operation does not declare this field.'}
      action={
        <>
          <RenameButton
            name={name}
            taken={Object.keys(given)}
            onRename={(to) =>
              onSet(
                Object.fromEntries(Object.entries(given).map(([each, value]) => [each === name ? to : each, value]))
              )
            }
          />
          <IconButton
            size="sm"
            label={`Remove ${name}`}
            onClick={() => onSet(Object.fromEntries(Object.entries(given).filter(([each]) => each !== name)))}
          >
            <X aria-hidden />
          </IconButton>
        </>
      }
    />
  );
}

function NewRow({ taken, onAdd }: { taken: { readonly [name: string]: Json }; onAdd: (name: string) => void }) {
  const [name, setName] = useState('');
  const clean = name.trim();
  const problem =
    clean === ''
      ? 'Write a name first.'
      : clean === '__proto__'
        ? UNKEPT
        : Object.hasOwn(taken, clean)
          ? 'There is a field of this name.'
          : null;
  const add = () => {
    if (problem !== null) return;
    onAdd(clean);
    setName('');
  };
  return (
    <div className="flex items-center gap-1">
      <Input
        aria-label="Name of a new field"
        placeholder="Name"
        autoComplete="off"
        spellCheck={false}
        className="font-mono text-xs"
        value={name}
        onChange={({ target }) => setName(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
      />
      <Button disabledReason={problem} onClick={add}>
        <Plus aria-hidden />
        Add
      </Button>
    </div>
  );
}

export function ItemsOfValue({ label, place, schema, required, help, action, Value }: NestedProps) {
  const labelId = useId();
  const field = useField(place);
  const list = Array.isArray(field.value) ? field.value : [];
  const title = typeof label === 'string' ? label : wordsOf(String(place.path.at(-1) ?? 'list'));
  return (
    <fieldset {...{ [FIELD_ATTRIBUTE]: field.name }} aria-labelledby={labelId} className="min-w-0">
      <div className="flex min-h-6 items-center justify-between gap-2">
        <span id={labelId} className="text-xs font-medium">
          {label}
          {required ? null : <OptionalMark />}
        </span>
        <div className="flex items-center gap-0.5">{action}</div>
      </div>
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : help ? <Help>{help}</Help> : null}
      <div className="mt-1 flex flex-col gap-3 border-l border-hairline pl-3">
        {list.map((_, index) => (
          <Value
            key={index}
            label={`${title} ${index + 1}`}
            place={within(place, index)}
            schema={schema?.items}
            action={
              <IconButton
                size="sm"
                label={`Remove ${index + 1} of ${title}`}
                onClick={() => field.set(list.length === 1 && !required ? undefined : list.toSpliced(index, 1))}
              >
                <X aria-hidden />
              </IconButton>
            }
          />
        ))}
        <Button size="sm" className="self-start" onClick={() => field.set([...list, freshOf(schema?.items)])}>
          <Plus aria-hidden />
          Add
        </Button>
      </div>
    </fieldset>
  );
}
