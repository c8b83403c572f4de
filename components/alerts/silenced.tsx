import { BellOff } from 'lucide-react';
import type { AlertSilence } from '@/app/_contract/alerts';
import { Instant } from '@/components/ui/time';

const WORDS: Record<AlertSilence['of'], string> = {
  rule: 'Its rule is silent',
  subject: 'Silent',
  group: 'Snoozed on Attention',
};

/** Who wants nobody to be told, until when, and why. */
export function Silenced({ silence: { by, reason, untilMs, of } }: { silence: AlertSilence }) {
  return (
    <p className="mt-0.5 flex flex-wrap items-center gap-x-1.5 text-xs wrap-anywhere">
      <BellOff aria-hidden className="size-3 shrink-0 text-mark" />
      <span className="font-medium">{WORDS[of]}</span>
      <span className="text-ink-2">
        until <Instant atMs={untilMs} to="minute" />, {by}
        {reason ? `: ${reason}` : null}
      </span>
    </p>
  );
}
