/** What the run did after the decision, and what of it was undone since. */
import { Check, CircleDashed, CornerDownRight, Undo2, UserCheck, X } from 'lucide-react';
import { useId } from 'react';
import type { Followed } from '@/app/_contract/inbox';
import { cn } from '@/components/ui/cn';
import { endWords, FOUND_WORDS } from '@/engine/run-view/end-words';

const STEPS = {
  done: { icon: Check, colour: 'text-forward', word: 'done' },
  failed: { icon: X, colour: 'text-fail', word: 'failed' },
  underWay: { icon: CircleDashed, colour: 'text-work', word: 'under way' },
} as const;

export function WhatItDid({ followed: { steps, undone, settled = [], run } }: { followed: Followed }) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="rounded-lg border border-hairline bg-card px-4 py-3">
      <h2 id={heading} className="text-xs font-medium text-ink-2">
        Since the decision
      </h2>
      <ul className="mt-1.5 flex flex-col gap-1 text-sm">
        {steps.map(({ title, outcome }, index) => {
          const { icon: Icon, colour, word } = STEPS[outcome];
          return (
            <li key={`${index} ${title}`} className="flex items-start gap-2">
              <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', colour)} />
              <span className="min-w-0 wrap-anywhere">
                {title} <span className="text-ink-2">· {word}</span>
              </span>
            </li>
          );
        })}
        {undone.map(({ step, undo }, index) => (
          <li key={`${index} ${step}`} className="flex items-start gap-2">
            <Undo2 aria-hidden className="mt-0.5 size-4 shrink-0 text-back" />
            <span className="min-w-0 wrap-anywhere">
              {undo ?? 'Undone'} <span className="text-ink-2">· {step} was undone</span>
            </span>
          </li>
        ))}
        <li className="flex items-start gap-2 text-ink-2">
          <CornerDownRight aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
          {endWords(run)}
        </li>
        {settled.map(({ step, found }, index) => (
          <li key={`${index} ${step}`} className="flex items-start gap-2">
            <UserCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
            <span className="min-w-0 wrap-anywhere">
              {step} <span className="text-ink-2">· after the run had ended, somebody found: {FOUND_WORDS[found]}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
