'use client';

/** Goes back and forth between the moments of a trial: buttons, a slider, and the keys [ and ]. */
import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from '@/components/ui/button';
import { formatDuration } from '@/engine/flow/values/format';

export interface MomentBarProps {
  at: number;
  moments: number;
  /** Flow time since the start. */
  elapsedMs: number;
  onAt: (at: number) => void;
}

export function MomentBar({ at, moments, elapsedMs, onAt }: MomentBarProps) {
  const last = moments - 1;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (
        target instanceof HTMLElement &&
        (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
      )
        if (!(target instanceof HTMLInputElement && target.type === 'range')) return;
      const by = event.key === '[' ? -1 : event.key === ']' ? 1 : 0;
      if (by === 0) return;
      event.preventDefault();
      onAt(Math.min(last, Math.max(0, at + by)));
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [at, last, onAt]);
  const after = elapsedMs > 0 ? formatDuration(elapsedMs) : null;
  const words = `Moment ${at + 1} of ${moments}${after ? `, after ${after} of flow time` : ''}`;
  const step = (label: string, to: number, icon: React.ReactNode) => (
    <Button
      variant="ghost"
      size="sm"
      className="px-1.5"
      aria-label={label}
      disabled={to < 0 || to > last || to === at}
      onClick={() => onAt(to)}
    >
      {icon}
    </Button>
  );
  return (
    <div role="group" aria-label="Moments of the trial" className="flex items-center gap-1">
      {step('First moment', 0, <ChevronFirst aria-hidden />)}
      {step('Moment before ([)', at - 1, <ChevronLeft aria-hidden />)}
      <input
        type="range"
        min={0}
        max={Math.max(0, last)}
        value={at}
        onChange={(event) => onAt(Number(event.target.value))}
        aria-label="Moment of the trial"
        aria-valuetext={words}
        className="h-5 min-w-0 flex-1 accent-(--ink)"
      />
      {step('Next moment (])', at + 1, <ChevronRight aria-hidden />)}
      {step('Last moment', last, <ChevronLast aria-hidden />)}
      <span className="figures w-24 shrink-0 text-right text-xs text-ink-2" aria-hidden>
        {at + 1}/{moments}
        {after ? ` · ${after}` : ''}
      </span>
    </div>
  );
}
