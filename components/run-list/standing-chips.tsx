'use client';

import type { RunsPage, RunStanding } from '@/app/_contract/runs';
import { StatusMark } from '@/components/status/status-mark';
import { cn } from '@/components/ui/cn';
import { filterWords, STANDING_WORDS } from '@/components/words';
import { offeredStandings } from './standings';

/**
 * Each status with its number of runs; several can be selected. The chips scroll sideways, so that the list below
 * does not move.
 */
export function StandingChips({
  chosen,
  counts,
  onChosen,
}: {
  chosen: readonly RunStanding[];
  counts: RunsPage['counts'];
  onChosen: (standing: RunStanding[] | null) => void;
}) {
  const toggle = (standing: RunStanding) => {
    const next = chosen.includes(standing) ? chosen.filter((each) => each !== standing) : [...chosen, standing];
    onChosen(next.length > 0 ? next : null);
  };
  return (
    <div
      role="group"
      aria-label="Status"
      className="flex gap-1.5 overflow-x-auto px-4 pb-2 pt-0.5 [scrollbar-width:none] md:px-4"
    >
      {offeredStandings(counts, chosen).map((standing) => {
        const { mark } = STANDING_WORDS[standing];
        const pressed = chosen.includes(standing);
        const count = counts ? (counts[standing] ?? 0) : null;
        return (
          <button
            key={standing}
            type="button"
            aria-pressed={pressed}
            onClick={() => toggle(standing)}
            className={cn(
              'inline-flex h-7 shrink-0 items-center gap-1.5 whitespace-nowrap rounded-md border px-2 text-xs transition-colors -outline-offset-1 max-md:h-9',
              pressed ? 'border-ink bg-ink/8 font-medium' : 'border-hairline bg-card hover:border-mark',
              count === 0 && !pressed && 'text-ink-2'
            )}
          >
            <StatusMark
              state={mark}
              size={14}
              word="none"
              className={cn('[&_.turn]:animate-none', count === 0 && !pressed && 'grayscale')}
            />
            {filterWords(standing)}
            {count === null ? null : <span className="figures min-w-[2ch] text-right text-ink-2">{count}</span>}
          </button>
        );
      })}
    </div>
  );
}
