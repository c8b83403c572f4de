'use client';

/** Below the list while tasks are ticked: how many, and the answers for all of them. */
import { Check, X } from 'lucide-react';
import { useState } from 'react';
import type { InboxTask, TaskDecision } from '@/app/_contract/inbox';
import { Button } from '@/components/ui/button';
import { useCount } from '@/components/ui/writing';
import { BulkDialog } from './bulk-dialog';
import { NOTHING_TICKED, questionOf, TICKED_MOST, withAll, type Selection } from './selection';
import { inOrder } from './words';

export interface BulkBarProps {
  rows: readonly InboxTask[];
  selection: Selection;
  onSelection: (selection: Selection) => void;
  disabledReason: string | null;
}

export function BulkBar({ rows, selection, onSelection, disabledReason }: BulkBarProps) {
  const count = useCount();
  /** What was ticked when the dialog opened: its tasks remain although the list goes on. */
  const [asked, setAsked] = useState<{ decision: TaskDecision; tasks: InboxTask[] } | null>(null);
  const ticked = selection.taskIds.flatMap((id) => rows.find(({ taskId }) => taskId === id) ?? []);
  const same = rows.filter((row) => row.mine && questionOf(row) === selection.question);
  const all = Math.min(same.length, TICKED_MOST);
  return (
    <>
      <div
        role="toolbar"
        aria-label="The ticked approvals"
        className="flex shrink-0 flex-col gap-2 border-t border-hairline bg-card px-4 py-2"
      >
        <div className="flex min-h-8 items-center gap-2">
          <p role="status" className="figures mr-auto text-sm font-medium">
            {count(ticked.length)} ticked
          </p>
          {ticked.length < all ? (
            <Button size="sm" variant="ghost" onClick={() => onSelection(withAll(selection, same))}>
              All {count(all)} like this
            </Button>
          ) : null}
          <Button size="sm" variant="ghost" onClick={() => onSelection(NOTHING_TICKED)}>
            Clear
          </Button>
        </div>
        <div className="flex min-h-8 flex-wrap gap-2 pointer-coarse:min-h-11">
          {ticked.length === 0 ? (
            <p className="self-center text-xs text-ink-2">Tick approvals of one question to decide them together.</p>
          ) : null}
          {inOrder(ticked[0]?.decisions ?? []).map((decision) => {
            const Icon = decision.turnsBack ? X : Check;
            return (
              <Button
                key={decision.key}
                className="min-w-0 flex-1"
                disabledReason={decision.form ? 'It has a form: decide one at a time.' : disabledReason}
                onClick={() => setAsked({ decision, tasks: ticked })}
              >
                <Icon aria-hidden className={decision.turnsBack ? 'text-fail' : 'text-forward'} />
                <span className="truncate">{decision.title}…</span>
              </Button>
            );
          })}
        </div>
      </div>
      {asked ? (
        <BulkDialog
          {...asked}
          disabledReason={disabledReason}
          onClose={(decided) => {
            setAsked(null);
            const taskIds = selection.taskIds.filter((id) => !decided.includes(id));
            onSelection(taskIds.length === 0 ? NOTHING_TICKED : { ...selection, taskIds });
          }}
        />
      ) : null}
    </>
  );
}
