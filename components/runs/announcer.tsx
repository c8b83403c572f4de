'use client';

import { useEffect, useRef, useState } from 'react';

const SPACING_MS = 2_000;

/**
 * Announces changes politely to screen readers: at most one in two seconds, always the latest, and never the state at
 * the time of opening.
 */
export function Announcer({ text }: { text: string }) {
  const [said, setSaid] = useState('');
  const known = useRef(text);
  const lastMs = useRef(-SPACING_MS);
  useEffect(() => {
    if (text === known.current) return;
    const wait = Math.max(0, lastMs.current + SPACING_MS - performance.now());
    const timer = setTimeout(() => {
      known.current = text;
      lastMs.current = performance.now();
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p aria-live="polite" className="sr-only">
      {said}
    </p>
  );
}
