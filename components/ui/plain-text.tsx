'use client';

/**
 * Text that somebody else wrote. Its writing direction does not affect the text around it, invisible characters are
 * shown by name, long words break, and of a very long text only the beginning is shown until somebody asks for more.
 */
import { useState } from 'react';
import { visibleParts } from '@/engine/flow/values/text';
import { Button } from './button';
import { cn } from './cn';
import { CopyButton } from './copyable';
import { Tooltip } from './tooltip';

/** Number of characters that are shown at first. A browser needs minutes to break a million of them into lines. */
const SHOWN = 4_000;
const MORE = 20_000;

export function PlainText({ text, className }: { text: string; className?: string }) {
  const [shown, setShown] = useState(SHOWN);
  const rest = text.length - shown;
  const parts = visibleParts(rest > 0 ? text.slice(0, shown) : text);
  return (
    <>
      <bdi dir="auto" className={cn('[overflow-wrap:anywhere]', className)}>
        {parts.map((part, index) => ('text' in part ? part.text : <Hidden key={index} {...part} />))}
        {rest > 0 ? '…' : null}
      </bdi>
      {rest > 0 ? (
        <span className="mt-1 flex items-center gap-2 text-xs text-ink-2">
          The first {shown.toLocaleString('en')} of {text.length.toLocaleString('en')} characters.
          <Button size="sm" variant="ghost" onClick={() => setShown(shown + MORE)}>
            Show more
          </Button>
          <CopyButton text={text} label="Copy the whole text" />
        </span>
      ) : null}
    </>
  );
}

function Hidden({ hidden, name }: { hidden: string; name: string }) {
  return (
    <Tooltip content={`${name}: an invisible character`}>
      <span tabIndex={0} className="mx-px rounded-sm border border-fail px-0.5 font-mono text-[10px] text-fail">
        {hidden}
        <span className="sr-only"> ({name})</span>
      </span>
    </Tooltip>
  );
}
