'use client';

/** A name that must be free: it is changed when the field is left, not at every key. */
import { Pencil } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Field, Input, Label } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { UNKEPT } from '@/engine/flow/values/pasted';
import { ProblemLines, Help } from './frame';

export function NameField({
  label,
  value,
  problemOf,
  onRename,
  help,
}: {
  label: ReactNode;
  value: string;
  /** Why a name cannot be taken, as a sentence; null if it can. */
  problemOf: (name: string) => string | null;
  onRename: (name: string) => void;
  help?: ReactNode;
}) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const problem = typed === null || typed === value ? null : problemOf(typed);
  const finish = () => {
    if (typed !== null && typed !== value && problem === null) onRename(typed);
    setTyped(null);
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        spellCheck={false}
        autoComplete="off"
        className="font-mono text-xs"
        value={typed ?? value}
        aria-invalid={problem !== null || undefined}
        aria-describedby={problem !== null || help ? `${id}-below` : undefined}
        onChange={({ target }) => setTyped(target.value.trim())}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finish();
          if (event.key === 'Escape') setTyped(null);
        }}
      />
      {problem !== null || help ? (
        <div id={`${id}-below`}>
          {problem === null ? (
            <Help>{help}</Help>
          ) : (
            <ProblemLines problems={[{ severity: 'error', message: problem }]} />
          )}
        </div>
      ) : null}
    </div>
  );
}

/** Gives a row another name, in a small form over it. */
export function RenameButton({
  name,
  taken,
  onRename,
}: {
  name: string;
  taken: readonly string[];
  onRename: (to: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState(name);
  const problem =
    text === ''
      ? 'It needs a name.'
      : text === '__proto__'
        ? UNKEPT
        : text !== name && taken.includes(text)
          ? 'Another one has this name.'
          : null;
  return (
    <Popover
      open={open}
      onOpenChange={(next) => {
        setText(name);
        setOpen(next);
      }}
      align="end"
      label={`Another name for ${name}`}
      trigger={
        <IconButton size="sm" label={`Rename ${name}`}>
          <Pencil aria-hidden />
        </IconButton>
      }
    >
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          if (problem !== null) return;
          if (text !== name) onRename(text);
          setOpen(false);
        }}
      >
        <Field label="Name" required error={problem}>
          <Input
            autoFocus
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-xs"
            value={text}
            onChange={({ target }) => setText(target.value.trim())}
          />
        </Field>
        <Button type="submit" size="sm" variant="primary" className="self-end" disabledReason={problem}>
          Rename
        </Button>
      </form>
    </Popover>
  );
}

/** The name with a number where it is taken. */
export function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number++) if (!taken.includes(`${base}${number}`)) return `${base}${number}`;
}
