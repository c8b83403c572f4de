'use client';

/** The fields of a group: one line each, with its details behind it. */
import { ChevronDown, ChevronRight, ChevronUp, Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CheckboxField, Input, Select } from '@/components/ui/field';
import type { JsonSchema } from '@/engine/flow/document';
import { wordsOf } from '@/engine/flow/values/format';
import type { SchemaChange } from './change';
import { addField, changeField, moveField, removeField, renameField, setRequired } from './edits';
import { FieldDetails } from './field-details';
import { FIELD_KINDS, kindOf, KIND_WORDS, typeWords, withKind, type FieldKind } from './kinds';

interface GroupProps {
  group: JsonSchema;
  label: string;
  onChange: SchemaChange;
  onSettle: () => void;
}

export function FieldList({ group, label, onChange, onSettle }: GroupProps) {
  const names = Object.keys(group.properties ?? {});
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div className="flex flex-col gap-1">
      {names.length > 0 ? (
        <ul aria-label={`Fields of ${label}`} className="flex flex-col gap-1">
          {names.map((name, index) => (
            <FieldRow
              key={name}
              name={name}
              group={group}
              isFirst={index === 0}
              isLast={index === names.length - 1}
              isOpen={open === name}
              onOpen={(isOpen) => setOpen(isOpen ? name : null)}
              onRename={(to) => {
                onChange(renameField(group, name, to));
                setOpen(to);
              }}
              onChange={onChange}
              onSettle={onSettle}
            />
          ))}
        </ul>
      ) : null}
      <NewField label={label} onAdd={(title, kind) => onChange(addField(group, title, kind))} />
    </div>
  );
}

function FieldRow({
  name,
  group,
  isFirst,
  isLast,
  isOpen,
  onOpen,
  onRename,
  onChange,
  onSettle,
}: {
  name: string;
  group: JsonSchema;
  isFirst: boolean;
  isLast: boolean;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onRename: (to: string) => void;
  onChange: SchemaChange;
  onSettle: () => void;
}) {
  const field = group.properties?.[name] ?? {};
  const isRequired = group.required?.includes(name) ?? false;
  const title = field.title ?? wordsOf(name);
  const id = useId();
  return (
    <li className="rounded-md border border-hairline bg-card">
      <div className="flex items-center">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={id}
          className="flex min-h-10 min-w-0 flex-1 items-center gap-1.5 rounded-md px-2 py-1 text-left -outline-offset-2 hover:bg-ink/3"
          onClick={() => onOpen(!isOpen)}
        >
          <ChevronRight
            aria-hidden
            className={cn('size-3.5 shrink-0 text-mark transition-transform', isOpen && 'rotate-90')}
          />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm">{title}</span>
            <span className="block truncate font-mono text-2xs text-ink-2">{name}</span>
          </span>
          <span className="shrink-0 text-right text-xs text-ink-2">
            <span className="block">{typeWords(field)}</span>
            <span className="block text-2xs">{isRequired ? 'required' : 'optional'}</span>
          </span>
        </button>
        <div className="flex shrink-0 pr-1">
          <IconButton
            label={`Move ${title} up`}
            size="sm"
            disabled={isFirst}
            onClick={() => onChange(moveField(group, name, -1))}
          >
            <ChevronUp aria-hidden />
          </IconButton>
          <IconButton
            label={`Move ${title} down`}
            size="sm"
            disabled={isLast}
            onClick={() => onChange(moveField(group, name, 1))}
          >
            <ChevronDown aria-hidden />
          </IconButton>
          <IconButton label={`Remove ${title}`} size="sm" onClick={() => onChange(removeField(group, name))}>
            <X aria-hidden />
          </IconButton>
        </div>
      </div>
      {isOpen ? (
        <div id={id} className="flex flex-col gap-3 border-t border-hairline p-3">
          <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-3">
            <Select
              aria-label={`Type of ${title}`}
              options={[
                ...(kindOf(field) === null ? [{ value: 'other', label: 'Something else, see below' }] : []),
                ...FIELD_KINDS.map((each) => ({ value: each, label: KIND_WORDS[each] })),
              ]}
              value={kindOf(field) ?? 'other'}
              onValueChange={(kind) => onChange(changeField(group, name, withKind(field, kind as FieldKind)))}
            />
            <CheckboxField
              label="Required"
              checked={isRequired}
              onCheckedChange={(checked) => onChange(setRequired(group, name, checked === true))}
            />
          </div>
          <FieldDetails
            name={name}
            field={field}
            siblings={group.properties ?? {}}
            onRename={onRename}
            onChange={(next, how) => onChange(changeField(group, name, next), how)}
            onSettle={onSettle}
            Group={FieldList}
          />
        </div>
      ) : null}
    </li>
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
