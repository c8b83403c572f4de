'use client';

/**
 * One decision for the ticked tasks: for how many what would follow, which are excepted and why, then the result of each.
 * What is sent keeps its ids, so that sending again decides nothing twice.
 */
import { Ban, Check, CircleAlert, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import type { Consequence, InboxTask, TaskDecision } from '@/app/_contract/inbox';
import { pages } from '@/app/_contract/routes';
import { ProgressBar } from '@/components/batches/progress-bar';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { useNow } from '@/components/ui/time';
import { useCount, useWriting } from '@/components/ui/writing';
import { ConsequenceLines } from './consequences';
import { primaryText } from './shown-data';
import { useBulk, type BulkResult, type BulkState } from './use-bulk';

const COMMENT_MOST = 4_000;

export interface BulkDialogProps {
  /** As they were ticked: the data is what was read. */
  tasks: readonly InboxTask[];
  decision: TaskDecision;
  disabledReason: string | null;
  /** `decided`: ids of tasks that need no tick any more. */
  onClose: (decided: readonly string[]) => void;
}

export function BulkDialog({ tasks, decision, disabledReason, onClose }: BulkDialogProps) {
  const count = useCount();
  const bulk = useBulk(tasks, decision.key);
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  const word = decision.title;
  const included = tasks.filter(({ taskId }) => bulk.preview?.get(taskId)?.excepted === null);
  const excepted = tasks.flatMap((task) => {
    const why = bulk.preview?.get(task.taskId)?.excepted;
    return why ? [{ task, why }] : [];
  });
  const failed = bulk.results.filter(({ failure }) => failure !== null);
  const decided = bulk.results.flatMap(({ task, failure, back }) => (failure || back === true ? [] : [task.taskId]));
  const now = useNow();
  const takeable = bulk.results.filter(
    ({ goesOnAtMs, back }) => goesOnAtMs !== null && back !== true && now !== null && now < goesOnAtMs
  );
  const sent = bulk.results.length > 0;
  // The same step of an older version may need what a newer one does not.
  const needsComment = tasks.some(({ decisions }) =>
    decisions.some(({ key, requireComment }) => key === decision.key && requireComment)
  );
  const close = () => {
    if (!bulk.sending) onClose(decided);
  };
  const send = () => {
    if (needsComment && !comment.trim()) return setMissing(true);
    void bulk.send(sent ? failed.map(({ task }) => task) : included, comment.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={
        sent
          ? `${count(decided.length)} of ${count(included.length)} decided`
          : `${word} ${count(tasks.length)} approvals?`
      }
      description={tasks[0]?.question || tasks[0]?.title}
      footer={
        <>
          <Button size="lg" className="max-sm:flex-1 sm:h-9" disabled={bulk.sending !== null} onClick={close}>
            {sent ? 'Close' : 'Cancel'}
          </Button>
          {takeable.length > 0 ? (
            <Button
              size="lg"
              className="max-sm:flex-1 sm:h-9"
              disabled={bulk.sending !== null}
              onClick={() => void bulk.takeBack()}
            >
              <Undo2 aria-hidden />
              Take {count(takeable.length)} back
            </Button>
          ) : null}
          {sent && failed.length === 0 ? null : (
            <Button
              size="lg"
              variant={decision.turnsBack ? 'dangerFilled' : 'primary'}
              className="max-sm:flex-1 sm:h-9"
              pending={bulk.sending !== null}
              disabledReason={
                disabledReason ?? (bulk.preview && included.length === 0 ? 'None of them can be decided now.' : null)
              }
              disabled={!bulk.preview}
              onClick={send}
            >
              {sent ? `Send ${count(failed.length)} again` : `${word} ${bulk.preview ? count(included.length) : '…'}`}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {bulk.previewFailure ? <FailureBand failure={bulk.previewFailure} onRetry={bulk.retryPreview} /> : null}
        {bulk.sending ? (
          <ProgressBar label="Decisions that were sent" now={bulk.sending.done} of={bulk.sending.of} isDone={false} />
        ) : null}
        {sent ? (
          <Results results={bulk.results} />
        ) : (
          <>
            {bulk.preview ? (
              <WhatFollows included={included} preview={bulk.preview} />
            ) : (
              <div aria-busy className="h-24" />
            )}
            {excepted.length > 0 ? <Excepted excepted={excepted} /> : null}
            <Field
              label="One comment for all"
              required={needsComment}
              help="It is kept with each decision."
              error={
                missing && !comment.trim() ? 'Write a comment that says why. It is kept with each decision.' : null
              }
            >
              <Textarea value={comment} maxLength={COMMENT_MOST} onChange={({ target }) => setComment(target.value)} />
            </Field>
          </>
        )}
      </div>
    </Dialog>
  );
}

interface Same {
  many: number;
  consequence: Consequence | null;
}

/** Tasks with the same consequence are one entry, with their number. */
function WhatFollows({
  included,
  preview,
}: {
  included: readonly InboxTask[];
  preview: NonNullable<BulkState['preview']>;
}) {
  const count = useCount();
  const groups = new Map<string, Same>();
  for (const { taskId } of included) {
    const consequence = preview.get(taskId)?.consequence ?? null;
    const key = JSON.stringify(consequence);
    groups.set(key, { consequence, many: (groups.get(key)?.many ?? 0) + 1 });
  }
  if (groups.size === 0) return null;
  return (
    <section aria-label="What will happen" className="flex flex-col gap-3">
      {[...groups].map(([key, { many, consequence }]) => (
        <div key={key}>
          <h3 className="figures mb-1.5 text-xs font-medium text-ink-2">
            For {count(many)} {many === 1 ? 'run' : 'runs'}
          </h3>
          {consequence ? (
            <ConsequenceLines consequence={consequence} />
          ) : (
            <p className="text-sm text-ink-2">What follows is not known now.</p>
          )}
        </div>
      ))}
    </section>
  );
}

function Excepted({ excepted }: { excepted: readonly { task: InboxTask; why: string }[] }) {
  const count = useCount();
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading} className="figures mb-1.5 text-xs font-medium text-ink-2">
        {count(excepted.length)} {excepted.length === 1 ? 'is' : 'are'} left out
      </h3>
      <ul className="flex max-h-48 flex-col gap-1 overflow-y-auto text-sm">
        {excepted.map(({ task, why }) => (
          <li key={task.taskId} className="flex items-start gap-2">
            <Ban aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
            <span className="min-w-0 wrap-anywhere">
              <TaskName task={task} /> <span className="text-ink-2">{why}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Results({ results }: { results: readonly BulkResult[] }) {
  return (
    <ul aria-label="Results" className="flex max-h-80 flex-col gap-1 overflow-y-auto text-sm">
      {results.map(({ task, failure, back }) => (
        <li key={task.taskId} className="flex items-start gap-2">
          {failure ? (
            <CircleAlert aria-label="Not decided" className="mt-0.5 size-4 shrink-0 text-fail" />
          ) : back === true ? (
            <Undo2 aria-label="Taken back" className="mt-0.5 size-4 shrink-0 text-mark" />
          ) : (
            <Check aria-label="Decided" className="mt-0.5 size-4 shrink-0 text-forward" />
          )}
          <span className="min-w-0 wrap-anywhere">
            <TaskName task={task} /> <span className="text-ink-2">{failure?.message ?? backWords(back)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

const backWords = (back: BulkResult['back']): string | null =>
  back === null ? null : back === true ? 'Taken back.' : `Not taken back. ${back.message}`;

/** By its amount and its run: the question is the same for all. */
function TaskName({ task }: { task: InboxTask }) {
  const amount = primaryText(task.data, task.schema, useWriting());
  return (
    <Link
      href={pages.task(task.taskId)}
      target="_blank"
      className="rounded-sm font-medium underline underline-offset-2"
    >
      {[task.workflowId, amount].filter(Boolean).join(' · ')}
    </Link>
  );
}
