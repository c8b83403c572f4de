'use client';

import { Check, X } from 'lucide-react';
import { useId } from 'react';
import type { TaskDecision } from '@/app/_contract/inbox';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { inOrder } from './words';

export interface DecideBarProps {
  /** The name of the person who decides. */
  name: string;
  decisions: readonly TaskDecision[];
  onAsk: (decision: TaskDecision) => void;
  /** Why this person may not decide. It is written next to the buttons, because a phone shows no tooltips. */
  whyNot: string | null;
  /** Why nobody can decide now. */
  disabledReason: string | null;
}

/** The buttons of the decisions, always visible and of equal size. On a phone the bar lies above the navigation. */
export function DecideBar({ name, decisions, onAsk, whyNot, disabledReason }: DecideBarProps) {
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
        <div
          className={cn(
            'flex flex-wrap gap-3 max-md:grid max-md:w-full max-md:auto-rows-fr max-md:grid-cols-2 md:justify-end',
            decisions.length % 2 === 1 && 'max-md:[&>:last-child]:col-span-2'
          )}
        >
          {inOrder(decisions).map((decision) => {
            const Icon = decision.turnsBack ? X : Check;
            return (
              <Button
                key={decision.key}
                size="lg"
                onClick={() => onAsk(decision)}
                disabledReason={whyNot ?? disabledReason}
                aria-describedby={whyNot ? reason : undefined}
                className="md:h-10 md:min-w-32"
              >
                <Icon aria-hidden className={decision.turnsBack ? 'text-fail' : 'text-forward'} />
                <span className="truncate">{decision.title}</span>
              </Button>
            );
          })}
        </div>
      </div>
    </footer>
  );
}
