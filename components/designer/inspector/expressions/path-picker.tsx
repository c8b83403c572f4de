'use client';

/** Chooses one of the values that can be read at a place, each with its type and its title. */
import { Braces } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { IconButton } from '@/components/ui/button';
import { PickList, type PickItem } from '@/components/ui/pick-list';
import { Popover } from '@/components/ui/popover';
import { sampleWords, type Samples } from '../../samples/samples';
import { typeWords } from '../../schema-editor/kinds';
import { useEditing } from '../editing';
import type { ScopePath } from './scope-paths';

const GROUPS: Readonly<Record<ScopePath['from'], (source: string) => string>> = {
  input: (source) => source,
  output: (source) => `Answer of '${source}'`,
  variable: () => 'Variables',
  argument: (source) => source,
  failure: (source) => source,
  item: (source) => source,
};

const itemsOf = (paths: readonly ScopePath[], samples: Samples | null): PickItem[] =>
  paths.map(({ path, title, source, from, schema }) => ({
    key: path,
    label: title,
    detail: [path, sampleWords(samples, path)].filter((part) => part !== null).join(' = '),
    hint: typeWords(schema),
    group: GROUPS[from](source),
  }));

/** `trigger`: the button that opens the list. `isInserted`: what was picked has the focus then, not the trigger. */
export function PathPicker({
  paths,
  label,
  trigger,
  align,
  isInserted = false,
  onPick,
}: {
  paths: readonly ScopePath[];
  label: string;
  trigger: ReactNode;
  align?: 'start' | 'end';
  isInserted?: boolean;
  onPick: (path: string) => void;
}) {
  const { samples } = useEditing();
  const picked = useRef<string | null>(null);
  const [open, setOpen] = useState(false);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      onClosed={() => {
        const { current } = picked;
        picked.current = null;
        if (current !== null) onPick(current);
        return current !== null;
      }}
      align={align}
      label={label}
      className="w-[min(22rem,calc(100vw-1rem))] p-0"
      trigger={trigger}
    >
      <PickList
        items={itemsOf(paths, samples)}
        label={label}
        placeholder="Search values"
        empty="No value can be read here that matches."
        onPick={(path) => {
          if (isInserted) picked.current = path;
          setOpen(false);
          if (!isInserted) onPick(path);
        }}
      />
      {samples ? (
        <p className="border-t border-hairline px-3 py-1.5 text-2xs text-ink-2">Values of {samples.from}</p>
      ) : null}
    </Popover>
  );
}

export function InsertValue({ paths, onInsert }: { paths: readonly ScopePath[]; onInsert: (path: string) => void }) {
  return (
    <PathPicker
      paths={paths}
      label="Insert value"
      align="end"
      isInserted
      onPick={onInsert}
      trigger={
        <IconButton label="Insert value" size="sm">
          <Braces aria-hidden />
        </IconButton>
      }
    />
  );
}
