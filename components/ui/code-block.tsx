'use client';

/**
 * Code with line numbers. A range of lines can be highlighted and is scrolled to, and a line can be selected. The
 * plain text is painted at once and coloured after the grammar has loaded; both have the same lines, so nothing
 * moves.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ThemedToken } from 'shiki/core';
import { cn } from './cn';
import { CopyButton } from './copyable';
import { tokensOf, type CodeLanguage } from './highlighter';

export function CodeBlock({
  code,
  language = 'typescript',
  lit = null,
  onPickLine,
  label,
  className,
}: {
  code: string;
  language?: CodeLanguage;
  /** First and last line, from 1. */
  lit?: readonly [number, number] | null;
  onPickLine?: (line: number) => void;
  label: string;
  className?: string;
}) {
  const plain = useMemo(() => code.replace(/\n$/, '').split('\n'), [code]);
  const [coloured, setColoured] = useState<{ code: string; lines: ThemedToken[][] } | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let current = true;
    tokensOf(code, language).then(
      (lines) => current && setColoured({ code, lines }),
      () => undefined
    );
    return () => {
      current = false;
    };
  }, [code, language]);

  const from = lit?.[0];
  const to = lit?.[1];
  useEffect(() => {
    const box = frame.current;
    if (!box || from === undefined || to === undefined) return;
    const first = box.querySelector<HTMLElement>(`[data-line="${from}"]`);
    const last = box.querySelector<HTMLElement>(`[data-line="${to}"]`);
    if (!first || !last) return;
    const top = first.offsetTop;
    const bottom = last.offsetTop + last.offsetHeight;
    if (top >= box.scrollTop && bottom <= box.scrollTop + box.clientHeight) return;
    const room = Math.max(24, (box.clientHeight - (bottom - top)) / 3);
    box.scrollTo({ top: Math.max(0, top - room), behavior: 'smooth' });
  }, [from, to, code]);

  const lines = coloured?.code === code ? coloured.lines : null;
  const width = `${String(plain.length).length + 1}ch`;
  return (
    <div className={cn('group/code relative min-h-0 bg-card', className)}>
      <div className="absolute right-2 top-2 z-10 rounded-md bg-card opacity-0 focus-within:opacity-100 group-hover/code:opacity-100">
        <CopyButton text={code} label="Copy code" />
      </div>
      <div
        ref={frame}
        tabIndex={0}
        role="region"
        aria-label={label}
        className="relative h-full overflow-auto -outline-offset-2"
      >
        <pre className="w-max min-w-full py-3 font-mono text-xs leading-5">
          <code>
            {plain.map((text, index) => {
              const number = index + 1;
              const on = from !== undefined && to !== undefined && number >= from && number <= to;
              return (
                <span
                  key={index}
                  data-line={number}
                  data-lit={on || undefined}
                  onClick={onPickLine ? () => onPickLine(number) : undefined}
                  className={cn(
                    'block border-l-2 border-transparent pr-6',
                    on && 'border-ink bg-ink/6',
                    onPickLine && 'cursor-pointer hover:bg-ink/4'
                  )}
                >
                  <span
                    aria-hidden
                    style={{ width }}
                    className="figures mr-4 inline-block select-none text-right text-ink-2"
                  >
                    {number}
                  </span>
                  {lines?.[index]
                    ? lines[index].map((token, at) => (
                        <span
                          key={at}
                          style={{ color: token.color, fontStyle: (token.fontStyle ?? 0) & 1 ? 'italic' : undefined }}
                        >
                          {token.content}
                        </span>
                      ))
                    : text}
                  {'\n'}
                </span>
              );
            })}
          </code>
        </pre>
      </div>
    </div>
  );
}
