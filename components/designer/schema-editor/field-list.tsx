'use client';

/** The fields of a group: one line each, with its details behind it. A change of one field draws one line again. */
import { Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/field';
import { useLatest } from '@/components/ui/use-latest';
import type { JsonSchema } from '@/engine/flow/document';
import type { SchemaChange } from './change';
import { addField, changeField, removeField, renameField, setRequired } from './edits';
import { FieldDetails } from './field-details';
import { FieldRow } from './field-row';
import type { GroupProps } from './kind-fields';
import { FIELD_KINDS, KIND_WORDS, type FieldKind } from './kinds';
import { keyOfSteps, stepsOfKey } from './levels';
import { useMoves, useOpenField } from './moves';

export function FieldList({ group, level, label, onChange, onSettle }: GroupProps) {
  const key = keyOfSteps(level);
  const own = useMemo(() => stepsOfKey(key), [key]);
  const open = useOpenField(own);
  const { setOpen, focusBeside } = useMoves();
  const properties = group.properties ?? {};
  const names = Object.keys(properties);
  const rename = (name: string, to: string) => {
    onChange(renameField(group, name, to));
    setOpen(own, to);
  };
  const change = useLatest((name: string, field: JsonSchema, how?: Parameters<SchemaChange>[1]) =>
    onChange(changeField(group, name, field), how)
  );
  const require = useLatest((name: string, isRequired: boolean) => onChange(setRequired(group, name, isRequired)));
  const remove = useLatest((name: string) => {
    focusBeside([...own, name]);
    onChange(removeField(group, name));
  });
  return (
    <div className="flex flex-col gap-1">
      {names.length > 0 ? (
        <ul aria-label={`Fields of ${label}`} className="flex flex-col gap-1">
          {names.map((name, index) => (
            <FieldRow
              key={name}
              name={name}
              level={own}
              field={properties[name]!}
              isRequired={group.required?.includes(name) ?? false}
              isFirst={index === 0}
              isLast={index === names.length - 1}
              onChange={change}
              onRequire={require}
              onRemove={remove}
              details={
                open === name ? (
                  <FieldDetails
                    name={name}
                    level={own}
                    field={properties[name]!}
                    siblings={properties}
                    onRename={(to) => rename(name, to)}
                    onChange={(next, how) => change(name, next, how)}
                    onSettle={onSettle}
                    Group={FieldList}
                  />
                ) : null
              }
            />
          ))}
        </ul>
      ) : null}
      <NewField label={label} onAdd={(title, kind) => onChange(addField(group, title, kind))} />
    </div>
  );
}

function NewField({ label, onAdd }: { label: string; onAdd: (title: string, kind: FieldKind) => void }) {
  const [title, setTitle] = useState('');
  const [kind, setKind] = useState<FieldKind>('text');
  const add = () => {
    if (title.trim() === '') return;
    onAdd(title.trim(), kind);
    setTitle('');
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_8rem_auto] gap-1">
      <Input
        aria-label={`Title of a new field of ${label}`}
        placeholder="New field"
        autoComplete="off"
        value={title}
        onChange={({ target }) => setTitle(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
      />
      <Select
        aria-label="Type of the new field"
        options={FIELD_KINDS.map((each) => ({ value: each, label: KIND_WORDS[each] }))}
        value={kind}
        onValueChange={(next) => setKind(next as FieldKind)}
      />
      <Button
        aria-label={`Add the field to ${label}`}
        disabledReason={title.trim() === '' ? 'Write a title first.' : null}
        onClick={add}
      >
        <Plus aria-hidden />
        Add
      </Button>
    </div>
  );
}
