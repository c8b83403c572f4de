import Link from 'next/link';
import { pages } from '@/app/_contract/routes';
import type { RunsPage, RunStanding } from '@/app/_contract/runs';
import { StatusMark } from '@/components/status/status-mark';
import { Card, CardHeader } from '@/components/ui/surface';
import { filterWords } from '@/components/words';
import type { NodeState } from '@/engine/run-view/model';
import { LEFT_BEHIND } from './questions';

export const GROUPS: { label: string; state: NodeState; standings: RunStanding[] }[] = [
  { label: filterWords('running'), state: 'running', standings: ['running', 'paused'] },
  { label: 'Undoing', state: 'unwinding', standings: ['unwinding'] },
  { label: 'Needs a decision', state: 'undoFailed', standings: ['needsHand'] },
  { label: 'Completed', state: 'done', standings: ['completed', 'continuedAsNew'] },
  { label: 'Failed or stopped: all undone', state: 'undone', standings: ['failedUndone', 'canceledUndone'] },
  { label: 'Ended, effects may remain', state: 'failed', standings: [...LEFT_BEHIND] },
  { label: 'Ended otherwise', state: 'terminated', standings: ['failed', 'canceled', 'terminated', 'timedOut'] },
];

/** How the runs of the last 24 hours ended. Every row is always there, so that nothing on the page moves. */
export function DayCounts({ counts, since, unread }: { counts: RunsPage['counts']; since: string; unread: boolean }) {
  const startedAfter = new URLSearchParams(since).get('startedAfterMs') ?? '';
  return (
    <Card>
      <CardHeader
        title="Last 24 hours"
        description={
          counts
            ? undefined
            : unread
              ? 'Not known: the runs cannot be counted now.'
              : 'This cluster does not count runs.'
        }
      />
      {counts ? (
        <ul className="py-1">
          {GROUPS.map(({ label, state, standings }) => {
            const count = standings.reduce((sum, standing) => sum + (counts[standing] ?? 0), 0);
            return (
              <li key={label}>
                <Link
                  href={pages.runs(`standing=${standings.join(',')}&startedAfterMs=${startedAfter}`)}
                  className="flex h-8 items-center gap-2 px-4 text-sm hover:bg-ink/3"
                >
                  <StatusMark state={state} size={16} word="none" />
                  <span className={count ? 'flex-1' : 'flex-1 text-ink-2'}>{label}</span>
                  <span className={count ? 'figures font-medium' : 'figures text-ink-2'}>{count}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      ) : null}
    </Card>
  );
}
