import { cn } from '@/components/ui/cn';

/** How much of something has been done. Its colour says whether it is under way. */
export function ProgressBar({ label, now, of, isDone }: { label: string; now: number; of: number; isDone: boolean }) {
  const most = Math.max(1, of);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuenow={Math.min(now, most)}
      aria-valuemax={most}
      className="h-1 w-full overflow-hidden rounded-sm bg-ink/8"
    >
      <div
        className={cn('h-full', isDone ? 'bg-forward' : 'bg-work')}
        style={{ width: `${Math.min(100, (100 * now) / most)}%` }}
      />
    </div>
  );
}
