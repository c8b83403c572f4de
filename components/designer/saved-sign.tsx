'use client';

/** Whether what was drawn is saved: always there, in the same place. */
import { Check, CloudOff, LoaderCircle, TriangleAlert } from 'lucide-react';
import { Tooltip } from '@/components/ui/tooltip';
import type { Saving } from './session/session-parts';

export function SavedSign({ saving, onRetry }: { saving: Saving; onRetry: () => void }) {
  const { Icon, text, why } = look(saving);
  const sign = (
    <span className="inline-flex h-7 min-w-24 items-center gap-1.5 max-sm:min-w-20 whitespace-nowrap text-xs text-ink-2" role="status">
      <Icon aria-hidden className={saving.state === 'saving' ? 'turn size-3.5' : 'size-3.5'} />
      {text}
    </span>
  );
  if (saving.state !== 'offline' && saving.state !== 'stopped') return sign;
  return (
    <Tooltip content={why}>
      <button type="button" onClick={onRetry} className="rounded-sm text-fail pointer-coarse:min-h-11">
        {sign}
      </button>
    </Tooltip>
  );
}

function look(saving: Saving) {
  switch (saving.state) {
    case 'saved':
      return { Icon: Check, text: 'Saved', why: '' };
    case 'saving':
      return { Icon: LoaderCircle, text: 'Saving…', why: '' };
    case 'offline':
      return {
        Icon: CloudOff,
        text: saving.changes === 0 ? 'Offline' : `Offline: ${counted(saving.changes)} kept`,
        why: 'Backstitch does not answer. What you change is kept in this browser and sent when it answers again.',
      };
    case 'stopped':
      return {
        Icon: TriangleAlert,
        text: saving.changes === 0 ? 'Not saved' : `Not saved: ${counted(saving.changes)} kept`,
        why: `${saving.failure.message} ${saving.failure.whatToDo} What you changed is kept in this browser.`,
      };
  }
}
const counted = (changes: number) => `${changes} ${changes === 1 ? 'change' : 'changes'}`;
