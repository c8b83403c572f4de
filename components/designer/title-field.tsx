'use client';

/** The title of the flow in the header, typed as any other field: kept while it is typed, and never empty. */
import { useRef } from 'react';
import { Theirs, TypistMark } from './inspector/fields/frame';
import { useTyped } from './inspector/fields/use-typed';
import { FIELD_ATTRIBUTE } from './inspector/place';

interface TitleFieldProps {
  title: string;
  readOnly: boolean;
  /** Who else is typing in it now. */
  typist: string | null;
  onTitle: (title: string) => void;
  /** The field was left. */
  onSettle: () => void;
  /** What is typed in, or left, for the marks that others see. */
  onTyping: (field: EventTarget | null) => void;
}

export function TitleField({ title, readOnly, typist, onTitle, onSettle, onTyping }: TitleFieldProps) {
  const before = useRef(title);
  const typed = useTyped({
    value: title,
    keptAs: (text) => text.trim() || title,
    send: (text) => text.trim() !== '' && onTitle(text.trim()),
    settle: onSettle,
  });
  const { text, theirs } = typed;
  const below =
    theirs !== null ? (
      <Theirs theirs={theirs} author="Somebody" onTake={typed.takeTheirs} onKeep={typed.keepMine} />
    ) : typist !== null ? (
      <TypistMark name={typist} />
    ) : null;
  if (readOnly) return <h1 className="min-w-0 truncate text-lg font-semibold max-md:grow max-md:basis-40">{title}</h1>;
  return (
    <div {...{ [FIELD_ATTRIBUTE]: 'title' }} className="relative min-w-0 max-w-full max-md:grow max-md:basis-40">
      <h1 className="min-w-0">
        <input
          aria-label="Title of the flow"
          value={text}
          maxLength={120}
          size={Math.max(8, Math.min(40, text.length + 1))}
          onFocus={() => {
            before.current = title;
            typed.onFocus();
          }}
          onChange={({ target }) => {
            typed.onChange(target.value);
            onTyping(target);
          }}
          onBlur={() => {
            onTyping(null);
            typed.onBlur();
          }}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Enter') currentTarget.blur();
            if (key === 'Escape') {
              if (text !== before.current) typed.onChange(before.current);
              requestAnimationFrame(() => currentTarget.blur());
            }
          }}
          className="max-w-full max-md:w-full rounded-md border border-transparent bg-transparent px-1.5 py-0.5 text-lg font-semibold hover:border-mark/45"
        />
      </h1>
      {below === null ? null : (
        <div className="absolute top-full left-0 z-20 w-72 max-w-[calc(100vw-2rem)] pt-1">{below}</div>
      )}
    </div>
  );
}
