'use client';

/** Entries of the flow that have a name: variables, signals, updates, queries, searchable fields. */
import { Plus, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import type { Json } from '@/engine/flow/edit/draft';
import { identifierSchema } from '@/engine/flow/names';
import { isFields } from '@/engine/run-view/fields';
import { useField } from '../editing';
import { Help, ProblemLines } from '../fields/frame';
import { freeName, NameField } from '../fields/name-field';
import { Entry, ProblemCount } from '../fields/section';
import { FIELD_ATTRIBUTE, within, type Place } from '../place';
import { entriesOf } from './entries';

export function NamedList({
  group,
  noun,
  fresh,
  empty,
  onRename,
  nameLabel = 'Name in expressions and calls',
  most = Infinity,
  children,
}: {
  group: 'variables' | 'signals' | 'updates' | 'queries' | 'searchable';
  /** 'signal' */
  noun: string;
  /** A new entry. */
  fresh: Json;
  empty: string;
  /** If more follows a new name than the entry itself. */
  onRename?: (from: string, to: string) => void;
  nameLabel?: string;
  /** How many there can be. */
  most?: number;
  children: (place: Place, entry: { [name: string]: Json }) => ReactNode;
}) {
  const place: Place = { target: { node: null }, path: [group] };
  const field = useField(place);
  const entries = entriesOf(field.value);
  const names = entries.map(([name]) => name);
  const [open, setOpen] = useState<string | null>(null);
  const rename = (from: string, to: string) => {
    if (onRename) onRename(from, to);
    else field.set(Object.fromEntries(entries.map(([name, entry]) => [name === from ? to : name, entry])));
    setOpen(to);
  };
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-2">
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
      {entries.length === 0 ? <Help>{empty}</Help> : null}
      {entries.map(([name, entry]) => (
        <NamedEntry
          key={name}
          name={name}
          noun={noun}
          nameLabel={nameLabel}
          isOpen={open === name}
          onOpen={(isOpen) => setOpen(isOpen ? name : null)}
          title={isFields(entry) && typeof entry.title === 'string' && entry.title !== '' ? entry.title : name}
          taken={names}
          place={within(place, name)}
          onRename={(to) => rename(name, to)}
          onRemove={() => field.set(Object.fromEntries(entries.filter(([each]) => each !== name)))}
        >
          {children(within(place, name), isFields(entry) ? (entry as { [name: string]: Json }) : {})}
        </NamedEntry>
      ))}
      <Button
        size="sm"
        className="self-start"
        disabledReason={entries.length >= most ? `A flow has at most ${most}.` : null}
        onClick={() => {
          const name = freeName(noun, names);
          field.set({ ...Object.fromEntries(entries), [name]: fresh });
          setOpen(name);
        }}
      >
        <Plus aria-hidden />
        Add {/^[aeiou]/.test(noun) ? 'an' : 'a'} {noun}
      </Button>
    </div>
  );
}

function NamedEntry({
  name,
  noun,
  nameLabel,
  title,
  taken,
  place,
  isOpen,
  onOpen,
  onRename,
  onRemove,
  children,
}: {
  name: string;
  noun: string;
  nameLabel: string;
  title: string;
  taken: readonly string[];
  place: Place;
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
  onRename: (to: string) => void;
  onRemove: () => void;
  children: ReactNode;
}) {
  const own = useField(place, { inside: true });
  const shown = useField(place).problems;
  return (
    <details
      {...{ [FIELD_ATTRIBUTE]: own.name }}
      open={isOpen}
      onToggle={({ currentTarget }) => {
        if (currentTarget.open !== isOpen) onOpen(currentTarget.open);
      }}
    >
      <summary className="flex min-h-9 pointer-coarse:min-h-11 cursor-pointer items-center justify-between gap-2 rounded-md border border-hairline bg-card px-3 py-1 hover:border-mark">
        <span className="min-w-0">
          <span className="block truncate text-sm">{title}</span>
          {title === name ? null : <span className="block truncate font-mono text-2xs text-ink-2">{name}</span>}
        </span>
        <ProblemCount problems={own.problems} />
      </summary>
      <Entry className="mt-1">
        {shown.length > 0 ? <ProblemLines problems={shown} /> : null}
        <NameField
          label={nameLabel}
          value={name}
          problemOf={(next) =>
            taken.includes(next)
              ? `Another ${noun} has this name.`
              : identifierSchema.safeParse(next).success
                ? null
                : 'A name begins with a letter and has letters, digits and _; at most 63.'
          }
          onRename={onRename}
        />
        {children}
        <IconButton
          label={`Remove the ${noun} ${name}`}
          variant="danger"
          className="w-auto gap-2 self-start px-2.5"
          size="sm"
          onClick={onRemove}
        >
          <X aria-hidden />
          Remove
        </IconButton>
      </Entry>
    </details>
  );
}
