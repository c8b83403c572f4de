'use client';

/**
 * The text of a field that somebody types in. A field that has the focus keeps what was typed, also when the draft
 * changes under it; what the draft has then is `theirs`.
 */
import { useState } from 'react';

export interface Typed {
  text: string;
  /** What somebody else put into the field while it had the focus; null if nobody did. */
  theirs: string | null;
  onFocus: () => void;
  onChange: (text: string) => void;
  onBlur: () => void;
  takeTheirs: () => void;
  keepMine: () => void;
}

export function useTyped({
  value,
  keptAs = (text) => text,
  send,
  settle,
}: {
  /** Of the draft, as text. */
  value: string;
  /** How the draft shows a text that was sent: a number is written in its shortest way. */
  keptAs?: (text: string) => string;
  send: (text: string) => void;
  settle: () => void;
}): Typed {
  /** Null: it has no focus. `seen`: what the draft has if nobody else changed it. */
  const [own, setOwn] = useState<{ text: string; seen: string } | null>(null);
  const type = (text: string) => {
    setOwn({ text, seen: keptAs(text) });
    send(text);
  };
  return {
    text: own?.text ?? value,
    theirs: own && own.seen !== value && keptAs(own.text) !== value ? value : null,
    onFocus: () => setOwn((before) => before ?? { text: value, seen: value }),
    onChange: type,
    onBlur: () => {
      setOwn(null);
      settle();
    },
    takeTheirs: () => setOwn({ text: value, seen: value }),
    keepMine: () => own && type(own.text),
  };
}
