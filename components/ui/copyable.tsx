'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { IconButton } from './button';
import { cn } from './cn';
import { shortenMiddle } from '../../engine/flow/values/format';
import { Tooltip } from './tooltip';

const SHOWN_MS = 1_200;

function useCopy(text: string) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return { copied, copy };
}

/** An id, shortened in the middle. A click copies the whole id. */
export function CopyableId({
  id,
  length = 18,
  what = 'id',
  className,
}: {
  id: string;
  length?: number;
  /** What is copied, for the accessible name: 'run id'. */
  what?: string;
  className?: string;
}) {
  const { copied, copy } = useCopy(id);
  const short = shortenMiddle(id, length);
  return (
    <Tooltip content={copied ? 'Copied' : short === id ? 'Click to copy' : id}>
      <button
        type="button"
        aria-label={copied ? `Copied ${what}` : `Copy ${what} ${id}`}
        onClick={(event) => {
          event.stopPropagation();
          event.preventDefault();
          void copy();
        }}
        className={cn(
          'group thumb inline-flex items-center gap-1 whitespace-nowrap rounded-sm text-left font-mono text-xs text-ink-2 hover:text-ink',
          className
        )}
      >
        {short}
        {copied ? (
          <Check aria-hidden className="size-3 text-forward" />
        ) : (
          <Copy aria-hidden className="size-3 opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100" />
        )}
      </button>
    </Tooltip>
  );
}

export function CopyButton({ text, label = 'Copy', className }: { text: string; label?: string; className?: string }) {
  const { copied, copy } = useCopy(text);
  return (
    <IconButton label={copied ? 'Copied' : label} size="sm" className={className} onClick={() => void copy()}>
      {copied ? <Check aria-hidden className="text-forward" /> : <Copy aria-hidden />}
    </IconButton>
  );
}
