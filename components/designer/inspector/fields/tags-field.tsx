'use client';

import { X } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import type { Json } from '@/engine/flow/edit/draft';
import { useField } from '../editing';
import type { Place } from '../place';
import { Frame } from './frame';

/** A list of short texts or numbers: Enter or a comma adds one, Backspace in the empty input removes the last. */
export function TagsField({
  label,
  place,
  help,
  placeholder,
  suggestions = [],
  numbers = false,
  optional = false,
  pruned,
}: {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  placeholder?: string;
  suggestions?: readonly string[];
  numbers?: boolean;
  /** An empty list removes the field. */
  optional?: boolean;
  pruned?: boolean;
}) {
  const field = useField(place, { inside: true, pruned });
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list: Json[] = Array.isArray(field.value) ? field.value : [];
  const set = (next: Json[]) => field.set(next.length === 0 && optional ? undefined : next);
  const add = (given: string) => {
    const words = given
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .map((each): Json => (numbers && Number.isFinite(Number(each)) ? Number(each) : each));
    const fresh = words.filter((each, index) => !list.includes(each) && words.indexOf(each) === index);
    setText('');
    if (fresh.length > 0) set([...list, ...fresh]);
  };
  const remove = (index: number) => {
    set(list.toSpliced(index, 1));
    input.current?.focus();
  };
  const unused = suggestions.filter((each) => !list.includes(each));
  return (
    <Frame {...field} label={label} help={help}>
      {(control) => (
        <div
          data-press-for
          className={cn(
            'flex min-h-8 pointer-coarse:min-h-11 flex-wrap items-center gap-1 rounded-md border border-mark/60 bg-card px-1.5 py-1 hover:border-mark has-[input:focus-visible]:outline-2',
            control['aria-invalid'] && 'border-fail'
          )}
          onClick={() => input.current?.focus()}
        >
          {list.map((each, index) => (
            <span
              key={`${index}-${String(each)}`}
              className="inline-flex min-w-0 max-w-full items-center gap-1 rounded-sm border border-hairline bg-sunken pl-1.5 text-xs"
            >
              <bdi className="min-w-0 truncate">{typeof each === 'string' ? each : JSON.stringify(each)}</bdi>
              <button
                type="button"
                aria-label={`Remove ${String(each)}`}
                className="thumb grid size-6 shrink-0 place-items-center rounded-sm text-ink-2 hover:text-ink disabled:opacity-50"
                onClick={() => remove(index)}
              >
                <X aria-hidden className="size-3" />
              </button>
            </span>
          ))}
          <input
            {...control}
            ref={input}
            value={text}
            list={unused.length > 0 ? `${control.id}-known` : undefined}
            placeholder={list.length === 0 ? placeholder : undefined}
            autoComplete="off"
            className="h-6 pointer-coarse:h-8 pointer-coarse:text-lg min-w-24 flex-1 bg-transparent px-1 text-sm outline-none placeholder:text-ink-2"
            onChange={({ target }) => {
              if (target.value.endsWith(',') || unused.includes(target.value)) add(target.value);
              else setText(target.value);
            }}
            onBlur={() => add(text)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && text.trim() !== '') {
                event.preventDefault();
                add(text);
              }
              if (event.key === 'Backspace' && text === '' && list.length > 0) set(list.slice(0, -1));
            }}
          />
          {unused.length > 0 ? (
            <datalist id={`${control.id}-known`}>
              {unused.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          ) : null}
        </div>
      )}
    </Frame>
  );
}
