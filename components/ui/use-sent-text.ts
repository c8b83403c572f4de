'use client';

import { useEffect, useRef, useState } from 'react';

const TYPING_MS = 250;

/**
 * The text of a field that is sent while the person types, a short time after the last key. If `value` changes in another
 * way, as by the address of the page, the text follows it. `send` must stay the same function.
 */
export function useSentText(value: string, send: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      send(sent.current);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, send]);
  return [text, setText];
}
