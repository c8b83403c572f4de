'use client';

import { Check, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '@/components/ui/button';
import type { Decision } from './draft';

export interface DecideBarProps {
  /** The name of the person who decides. */
  name: string;
  onAsk: (decision: Decision) => void;
  /** Why this person may not decide. It is written next to the buttons, because a phone shows no tooltips. */
  whyNot: string | null;
  /** Why nobody can decide now. */
  disabledReason: string | null;
}

/** The two buttons of the decision, always visible and of equal size. On a phone the bar lies above the navigation. */
export function DecideBar({ name, onAsk, whyNot, disabledReason }: DecideBarProps) {
  const reason = useId();
  return (
    <footer className="shrink-0 border-t border-hairline bg-card">
      <div className="mx-auto flex min-h-16 max-w-3xl items-center gap-3 px-4 py-2 max-md:flex-wrap md:px-6">
        {whyNot ? (
          <p id={reason} className="min-w-0 flex-1 text-sm text-ink-2 max-md:basis-full">
            {whyNot} You may read it.
          </p>
        ) : (
          <p className="min-w-0 flex-1 truncate text-sm text-ink-2 max-md:hidden" title={name}>
            You decide as {name}.
          </p>
        )}
        {(['reject', 'approve'] as const).map((decision) => {
          const { word, icon: Icon, colour } = ANSWERS[decision];
          return (
            <Button
              key={decision}
              size="lg"
              onClick={() => onAsk(decision)}
              disabledReason={whyNot ?? disabledReason}
              aria-describedby={whyNot ? reason : undefined}
              className="max-md:flex-1 md:h-10 md:min-w-32"
            >
              <Icon aria-hidden className={colour} />
              {word}
            </Button>
          );
        })}
      </div>
    </footer>
  );
}

export const ANSWERS = {
  approve: { word: 'Approve', icon: Check, colour: 'text-forward' },
  reject: { word: 'Reject', icon: X, colour: 'text-fail' },
} as const;
