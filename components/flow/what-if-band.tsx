'use client';

/**
 * The sentence above the drawing: what would happen if the selected step failed, and the buttons that begin and end
 * the preview.
 */
import { Undo2, X } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import { Keys } from '@/components/ui/surface';
import type { WhatIf } from '@/engine/flow/what-if';

export function WhatIfBand({
  preview,
  selected,
  title,
  idle = 'Select a step to see its code and what would be undone if it failed.',
  onFails,
}: {
  preview: WhatIf | null;
  selected: string | null;
  title: string | null;
  /** While nothing is selected. */
  idle?: string;
  onFails: (id: string | null) => void;
}) {
  return (
    <div
      className="flex min-h-9 shrink-0 items-center gap-2 border-b border-hairline bg-card px-3 py-1 text-xs"
      aria-live="polite"
    >
      {preview ? (
        <>
          <Undo2 aria-hidden className="size-4 shrink-0 text-back" />
          <p className="flex-1">
            {preview.sentence}
            {preview.certain ? null : (
              <span className="text-ink-2"> The run decides at run time which effects are undone.</span>
            )}
          </p>
          <IconButton label="End the preview" size="sm" onClick={() => onFails(null)}>
            <X aria-hidden />
          </IconButton>
        </>
      ) : selected && title ? (
        <>
          <p className="flex-1 truncate text-ink-2">{title}</p>
          <Button size="sm" variant="ghost" onClick={() => onFails(selected)}>
            What if this fails? <Keys keys={['F']} className="hidden md:inline-flex" />
          </Button>
        </>
      ) : (
        <p className="text-ink-2">{idle}</p>
      )}
    </div>
  );
}
