'use client';

/**
 * Shown under the header: one sentence with what the run does or needs, and at most three buttons. Always present, so
 * that nothing moves.
 */
import Link from 'next/link';
import type { ReactNode } from 'react';
import { pages } from '@/app/_contract/routes';
import { usePerson } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { PlainText } from '@/components/ui/plain-text';
import { Ahead, Duration } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import { mayAnywhere } from '@/engine/permissions/permissions';
import { neighboursOf } from '@/engine/run-view/chain';
import { forwardIdOf, parseActivityId } from '@/engine/run-view/activity-id';
import { TROUBLE } from '@/engine/run-view/loops';
import type { NodeState, WhatNow } from '@/engine/run-view/model';
import { Announcer } from './announcer';
import { EndWaitAct, onlyWait } from './end-wait-dialog';
import { OUTCOME_CHOICES, OutcomeDialog } from './outcome-dialog';
import { ResumeAct, RetryAct } from './pending-activity';
import { useRunDialog } from './run-dialogs';
import type { RunView } from './run-view';
import { askedUndo, undoChoices, UndoDialog, undoIsUnmade } from './undo-dialog';

const MARKS: Record<WhatNow['kind'], NodeState> = {
  undoFailed: 'undoFailed',
  outcomeUnknown: 'unknown',
  waitsForApproval: 'waitsForPerson',
  stepPaused: 'paused',
  retrying: 'retrying',
  taskFailing: 'failed',
  noWorker: 'noWorker',
};

/** A sentence may repeat a reason or a failure of any length; the band stays a band. */
const LONGEST = 400;

export function HandBand({ view, onSelect }: { view: RunView; onSelect: (nodeId: string) => void }) {
  const { whatNow, standing } = view.projection;
  const state = whatNow ? MARKS[whatNow.kind] : standing.state;
  const { sentence, sinceMs, nextMs, next } = whatNow ?? standing;
  const shown = sentence.length > LONGEST ? `${sentence.slice(0, LONGEST)}…` : sentence;
  const open = view.live.summary.closeMs === null;
  const trouble = TROUBLE.has(state) && open;
  return (
    <section
      aria-label="What now"
      className={cn(
        'flex min-h-15 flex-wrap items-center gap-x-4 gap-y-2 border-y border-hairline px-4 py-2',
        trouble ? 'border-fail/40 bg-fail-tint' : 'bg-card'
      )}
    >
      <p className="flex min-w-0 flex-1 basis-80 items-start gap-2.5 text-sm">
        <StatusMark state={state} size={18} word="hidden" className="mt-px shrink-0" />
        <span className="min-w-0">
          <span className={cn(whatNow && 'font-medium')} title={shown === sentence ? undefined : sentence}>
            <PlainText text={shown} />
          </span>
        </span>
      </p>
      {/* A place of its own: times that appear and change move no line of the sentence. */}
      {open ? (
        <span className="min-w-48 text-sm text-ink-2 max-sm:pl-7">
          {sinceMs !== null ? (
            <>
              for <Duration startMs={sinceMs} endMs={null} />
            </>
          ) : null}
          {sinceMs !== null && nextMs !== null ? ' · ' : null}
          {nextMs !== null ? (
            <>
              {next} <Ahead atMs={nextMs} />
            </>
          ) : null}
        </span>
      ) : null}
      <Acts view={view} whatNow={whatNow} onSelect={onSelect} />
      <Announcer text={sentence} />
    </section>
  );
}

function Acts({
  view,
  whatNow,
  onSelect,
}: {
  view: RunView;
  whatNow: WhatNow | null;
  onSelect: (nodeId: string) => void;
}): ReactNode {
  const nodeId = whatNow?.nodeId ?? null;
  const seesWorkers = mayAnywhere(usePerson(), 'workers.list');
  const { next } = neighboursOf(view.live.events);
  if (next !== null) {
    return (
      <Button variant="secondary" asChild>
        <Link href={pages.run(view.live.summary.workflowId, next)}>Open the next run</Link>
      </Button>
    );
  }
  const wait = whatNow ? undefined : onlyWait(view);
  if (wait) return <EndWaitAct view={view} wait={wait} />;
  switch (whatNow?.kind) {
    case 'undoFailed':
      return whatNow.stepId ? <UndoActs view={view} stepId={whatNow.stepId} /> : null;
    case 'outcomeUnknown':
      return nodeId ? <OutcomeActs view={view} nodeId={nodeId} stepId={whatNow.stepId ?? nodeId} /> : null;
    case 'waitsForApproval': {
      const wait = view.live.nodes?.waitsFor.find((each) => each.kind === 'approval' && each.nodeId === nodeId);
      return wait?.kind === 'approval' ? (
        <Button variant={view.undecided ? 'secondary' : 'primary'} asChild>
          <Link href={pages.task(wait.taskId)}>Open the approval</Link>
        </Button>
      ) : null;
    }
    default: {
      const pending = view.live.pending.find(({ activityId }) => stepOfActivity(activityId) === whatNow?.stepId);
      return nodeId ? (
        <div className="flex flex-wrap gap-2">
          {pending?.pause ? (
            <ResumeAct view={view} activity={pending} />
          ) : pending?.state === 'backingOff' ? (
            <RetryAct view={view} activity={pending} />
          ) : null}
          <Button size="sm" onClick={() => onSelect(nodeId)}>
            Show the step
          </Button>
          {whatNow?.kind === 'noWorker' && seesWorkers ? (
            <Button size="sm" variant="secondary" asChild>
              <Link href={pages.workers()}>Workers</Link>
            </Button>
          ) : null}
        </div>
      ) : null;
    }
  }
}

/** The step whose call, undo or look-up an activity is. */
function stepOfActivity(activityId: string): string | null {
  const parsed = parseActivityId(activityId);
  return parsed && forwardIdOf(parsed);
}

/** The buttons after an undo that failed. */
export function UndoActs({ view, stepId, size = 'md' }: { view: RunView; stepId: string; size?: 'sm' | 'md' }) {
  const open = useRunDialog();
  const entry = askedUndo(view, stepId);
  const choices = undoChoices(undoIsUnmade(view, stepId));
  return entry ? (
    <div className="flex flex-wrap gap-2">
      {choices.map(({ value, label }, index) => (
        <Button
          key={value}
          size={size}
          variant={index === 0 && size === 'md' ? 'primary' : 'secondary'}
          disabledReason={view.undecided}
          onClick={() => open((now, close) => <UndoDialog view={now} entry={entry} first={value} onClose={close} />)}
        >
          {label}…
        </Button>
      ))}
    </div>
  ) : null;
}

function OutcomeActs({ view, nodeId, stepId }: { view: RunView; nodeId: string; stepId: string }) {
  const open = useRunDialog();
  const choices = view.readBy.nodes[nodeId]?.undo
    ? OUTCOME_CHOICES
    : OUTCOME_CHOICES.filter(({ value }) => value !== 'undo');
  return (
    <div className="flex flex-wrap gap-2">
      {choices.map(({ value, label }) => (
        <Button
          key={value}
          disabledReason={view.undecided}
          onClick={() =>
            open((now, close) => (
              <OutcomeDialog view={now} nodeId={nodeId} stepId={stepId} first={value} onClose={close} />
            ))
          }
        >
          {label}…
        </Button>
      ))}
    </div>
  );
}
