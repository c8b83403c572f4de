'use client';

/** A text of people in a row of a table: its first lines, and all of it on request. */
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { cn } from './cn';

export function Clamped({ children, className }: { children: ReactNode; className?: string }) {
  const text = useRef<HTMLSpanElement>(null);
  const [isLong, setLong] = useState(false);
  const [all, setAll] = useState(false);
  useLayoutEffect(() => {
    const { current } = text;
    if (!current || all) return;
    const look = () => setLong(current.scrollHeight > current.clientHeight + 1);
    look();
    const seen = new ResizeObserver(look);
    seen.observe(current);
    return () => seen.disconnect();
  }, [all, children]);
  return (
    <>
      <span ref={text} className={cn(className, all ? 'block' : 'line-clamp-3')}>
        {children}
      </span>
      {isLong ? (
        <button
          type="button"
          aria-expanded={all}
          onClick={() => setAll(!all)}
          className="text-xs text-ink-2 underline underline-offset-2 hover:text-ink"
        >
          {all ? 'Show less' : 'Show all'}
        </button>
      ) : null}
    </>
  );
}
