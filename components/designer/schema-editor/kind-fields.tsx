'use client';

/** What belongs to a choice (its values) and to a list (its items). */
import { Plus, X } from 'lucide-react';
import { useState, type ComponentType } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import type { SchemaChange } from './change';
import { FIELD_KINDS, kindOf, KIND_WORDS, withKind, type FieldKind } from './kinds';
import type { Level } from './levels';

/** The fields of one level. */
export interface GroupProps {
  group: JsonSchema;
  level: Level;
  label: string;
  onChange: SchemaChange;
  onSettle: () => void;
}

export function ChoiceValues({ schema, onChange }: { schema: JsonSchema; onChange: SchemaChange }) {
  const [text, setText] = useState('');
  const values = schema.enum ?? [];
  const fresh = schema.type === 'integer' || schema.type === 'number' ? Number(text) : text.trim();
  const isNew = text.trim() !== '' && !values.includes(fresh) && !Number.isNaN(fresh);
  const add = () => {
    if (!isNew) return;
    onChange({ ...schema, enum: [...values, fresh] });
    setText('');
  };
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-xs font-medium">Values to choose from</legend>
      <ul className="flex flex-col gap-1">
        {values.map((value, index) => (
          <li key={String(value)} className="flex items-center justify-between gap-1 rounded-sm bg-sunken pl-2 text-sm">
            <span className="min-w-0 [overflow-wrap:anywhere]">{String(value)}</span>
            <IconButton
              label={`Remove ${String(value)}`}
              size="sm"
              disabledReason={values.length === 1 ? 'A choice needs at least one value.' : null}
              onClick={() => onChange({ ...schema, enum: values.toSpliced(index, 1) })}
            >
              <X aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <div className="mt-1 flex gap-1">
        <Input
          aria-label="A new value"
          placeholder="New value"
          autoComplete="off"
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button disabledReason={isNew ? null : 'Write a value that is not in the list.'} onClick={add}>
          <Plus aria-hidden />
          Add
        </Button>
      </div>
    </fieldset>
  );
}

/** `Group` edits items that are groups; `level` leads to them. */
export function ListItems({
  schema,
  level,
  label,
  onChange,
  onSettle,
  Group,
}: {
  schema: JsonSchema;
  level: Level;
  label: string;
  onChange: SchemaChange;
  onSettle: () => void;
  Group: ComponentType<GroupProps>;
}) {
  const items = schema.items ?? {};
  const set: SchemaChange = (next, how) => onChange({ ...schema, items: next }, how);
  return (
    <div className="flex flex-col gap-2">
      <label className="flex items-center gap-2 text-xs font-medium">
        Each item is
        <Select
          aria-label={`Type of each item of ${label}`}
          className="flex-1"
          options={FIELD_KINDS.filter((kind) => kind !== 'list').map((each) => ({
            value: each,
            label: KIND_WORDS[each],
          }))}
          value={kindOf(items) ?? ''}
          placeholder="Something else"
          onValueChange={(kind) => set(withKind(items, kind as FieldKind))}
        />
      </label>
      {kindOf(items) === 'choice' ? <ChoiceValues schema={items} onChange={set} /> : null}
      {kindOf(items) === 'group' ? (
        <Group group={items} level={level} label={`an item of ${label}`} onChange={set} onSettle={onSettle} />
      ) : null}
    </div>
  );
}
