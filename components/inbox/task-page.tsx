'use client';

/**
 * One task: the question, the consequences of each answer, the data, and the decision. The page is kept current while
 * it is open: a decision by another person is shown at once. A written comment is kept until it is sent or discarded.
 */
import { ArrowLeft, Pause, UserCheck, UserX } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import type { InboxTaskDetail, TaskDecision } from '@/app/_contract/inbox';
import { pages } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useAway } from '@/components/runs/use-away';
import { cn } from '@/components/ui/cn';
import { Field, Textarea } from '@/components/ui/field';
import { SchemaView } from '@/components/ui/schema-value';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { useWriting } from '@/components/ui/writing';
import { ChangedData } from './changed-data';
import { ClaimLine } from './claim-line';
import { Consequences } from './consequences';
import { useWhyNot } from '@/components/people/person';
import { DecideBar } from './decide-bar';
import { DecideDialog } from './decide-dialog';
import { useDraft } from './draft';
import { Questions } from './questions';
import { RunSoFar } from './run-so-far';
import { SettledBand } from './settled-band';
import { primaryOf, primaryText, withoutPrimary } from './shown-data';
import { TaskEvents } from './task-events';
import { TaskHead } from './task-head';
import { useTriage } from './triage';
import { useDecide } from './use-decide';
import { useTask } from './use-task';
import { Votes } from './votes';
import { WhatItDid } from './what-it-did';
import { commentHelp, settledSentence, timeoutWords } from './words';

export interface Decider {
  id: string;
  name: string;
}
const COMMENT_MOST = 4_000;

export function TaskPage({ detail: first, person }: { detail: InboxTaskDetail; person: Decider }) {
  const { detail, failure, readAtMs, retry } = useTask(first);
  const { task, consequences, consequencesProblem, pause } = detail;
  // The role is known here at once; the rest is known by the server.
  const whyNot = useWhyNot('inbox.decide', task.flow) ?? task.whyNot;
  const draft = useDraft(person.id, task.taskId);
  const [asked, setAsked] = useState<TaskDecision | null>(null);
  const [missing, setMissing] = useState<TaskDecision | null>(null);
  const [read, setRead] = useState({ hash: task.dataHash, data: task.data });
  const comment = useRef<HTMLTextAreaElement>(null);
  const writing = useWriting();
  const triage = useTriage();
  /** The decision that is asked for began with a key. */
  const byKey = useRef(false);
  const decide = useDecide(task, draft, {
    onDecided: ({ goesOnAtMs }) => {
      setAsked(null);
      if (!byKey.current || asked === null) return;
      const amount = primaryText(task.data, task.schema, writing);
      const settled = {
        outcome: asked.turnsBack ? 'rejected' : 'approved',
        by: person.name,
        decision: asked.key,
      } as const;
      triage.decided(task, settledSentence(settled, 'own', amount, task.decisions), goesOnAtMs);
    },
    onOvertaken: () => setAsked(null),
  });
  const away = useAway();
  const changed = read.hash !== task.dataHash;
  const held = pause ? 'The run is paused. Nobody can decide until it is resumed.' : null;
  const others =
    task.claim && !task.claim.own && task.howMany === null
      ? `${task.claim.name} has claimed this. Take it over to decide it yourself.`
      : null;
  const shown = primaryOf(task.data, task.schema) ? withoutPrimary(task.schema) : task.schema;

  const disabledReason = away?.reason ?? held ?? others ?? (changed ? 'The data changed: read it again first.' : null);
  const ask = (decision: TaskDecision, key = false) => {
    // A comment that was asked for belongs to the same decision.
    byKey.current = key || (byKey.current && missing?.key === decision.key);
    decide.reset();
    if (decision.requireComment && !draft.comment.trim()) {
      setMissing(decision);
      comment.current?.focus();
      return;
    }
    // The run may have continued in other branches, so the consequences of each answer are read again.
    retry();
    setAsked(decision);
  };

  const { wish, taken } = triage;
  useEffect(() => {
    if (wish?.taskId !== task.taskId) return;
    taken();
    if (task.settled) return;
    const why = whyNot ?? disabledReason;
    if (why) toast(why);
    // The usual one: it is the last of its kind on the buttons.
    else {
      const decision = task.decisions.find(({ turnsBack }) => turnsBack === wish.turnsBack);
      if (decision) ask(decision, true);
    }
  });

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="relative min-h-0 flex-1 overflow-auto">
        <article className="mx-auto flex max-w-3xl flex-col gap-5 p-4 md:px-6 md:py-5">
          <Link
            href={pages.inbox()}
            className="inline-flex items-center gap-1.5 self-start rounded-sm text-sm text-ink-2 hover:text-ink xl:hidden"
          >
            <ArrowLeft aria-hidden className="size-4" />
            All approvals
          </Link>
          <TaskHead task={task} />
          {task.settled ? null : <ClaimLine task={task} disabledReason={away?.reason ?? null} />}
          {task.actingFor && !task.settled ? (
            <p className="flex items-center gap-2 text-sm">
              <UserCheck aria-hidden className="size-4 shrink-0 text-mark" />
              <span>
                You decide this for <span className="font-medium">{task.actingFor}</span>, who is away.
              </span>
            </p>
          ) : null}
          {failure ? <FailureBand failure={failure} asOfMs={readAtMs} onRetry={retry} /> : null}
          {asked === null && decide.failure ? <FailureBand failure={decide.failure} /> : null}
          {task.settled ? (
            <SettledBand
              task={task}
              how={decide.own ? 'own' : first.task.settled ? 'past' : 'overtaken'}
              draft={draft}
            />
          ) : null}
          {pause && !task.settled ? (
            <div
              role="status"
              className="flex items-start gap-2.5 rounded-lg border border-mark/60 bg-sunken px-4 py-3 text-sm"
            >
              <Pause aria-hidden className="mt-0.5 size-4 shrink-0" />
              <p className="min-w-0 wrap-anywhere">
                <span className="font-medium">
                  The run was paused by {pause.by} <RelativeTime atMs={pause.atMs} />
                  {pause.reason ? `: ${pause.reason}` : null}
                </span>
                <span className="block text-ink-2">
                  Nobody can decide until it is resumed. Your comment is kept here.
                  {task.endsAtMs === null ? null : ' The time to decide runs on.'}
                </span>
              </p>
            </div>
          ) : null}
          {changed && !task.settled ? (
            <ChangedData
              before={read.data}
              task={task}
              onRead={() => setRead({ hash: task.dataHash, data: task.data })}
            />
          ) : null}
          {detail.nobody && !task.settled ? <Nobody why={detail.nobody} flow={task.flow} /> : null}
          <TaskEvents events={task.events} />
          <Votes task={task} />
          <Questions detail={detail} disabledReason={away?.reason ?? (pause ? 'The run is paused.' : null)} />
          {consequences ? <Consequences decisions={task.decisions} answers={consequences.answers} /> : null}
          {consequencesProblem ? (
            <p className="rounded-lg border border-hairline px-4 py-3 text-sm text-ink-2">
              The consequences of each answer are not known now: {consequencesProblem}
            </p>
          ) : null}
          <section aria-labelledby="task-data" className={cn(away && 'grayscale')}>
            <h2 id="task-data" className="mb-2 text-xs font-medium text-ink-2">
              {task.settled ? 'Data of the decision' : 'Data to decide on'}
            </h2>
            <SchemaView value={task.data} schema={shown} />
          </section>
          {task.settled || whyNot ? null : (
            <Field
              label="Comment"
              required={task.decisions.every(({ requireComment }) => requireComment) || missing !== null}
              help={commentHelp(task.decisions)}
              error={
                missing && !draft.comment.trim()
                  ? `Write a comment that says why${MISSING_WORDS[missing.key] ?? ''}. It is kept with the decision.`
                  : null
              }
            >
              <Textarea
                ref={comment}
                value={draft.comment}
                maxLength={COMMENT_MOST}
                onChange={({ target }) => draft.setComment(target.value)}
              />
            </Field>
          )}
          {!task.settled && task.endsAtMs !== null && consequences?.onTimeout ? (
            <p className="text-xs text-ink-2">
              If nobody answers in time, {timeoutWords(consequences.onTimeout, task)}
              {task.endsAtMs === task.dueAtMs ? null : (
                <>
                  {' '}
                  <RelativeTime atMs={task.endsAtMs} />
                </>
              )}
              .
            </p>
          ) : null}
          {task.settled && task.settled.goesOnAtMs === null && detail.followed ? (
            <WhatItDid followed={detail.followed} />
          ) : null}
          <RunSoFar task={task} />
        </article>
      </div>
      {task.settled ? null : (
        <DecideBar
          name={task.actingFor ? `${person.name} for ${task.actingFor}` : person.name}
          decisions={task.decisions}
          onAsk={(decision) => ask(decision)}
          whyNot={whyNot}
          disabledReason={disabledReason}
        />
      )}
      <DecideDialog
        task={task}
        consequences={consequences}
        comment={draft.comment.trim()}
        asked={asked}
        onAsked={setAsked}
        decide={decide}
        disabledReason={away?.reason ?? held ?? others}
      />
    </div>
  );
}

/** Those whom the task asks cannot decide it, so its run waits until somebody else is asked. */
function Nobody({ why, flow }: { why: string; flow: string }) {
  const whyNot = useWhyNot('inbox.assign', flow);
  return (
    <div
      role="status"
      className="flex items-start gap-2.5 rounded-lg border border-fail/60 bg-fail-tint px-4 py-3 text-sm"
    >
      <UserX aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
      <p className="min-w-0 wrap-anywhere">
        <span className="font-medium">
          <PlainText text={why} />
        </span>
        <span className="block text-ink-2">
          The run waits.{' '}
          {whyNot
            ? 'Whoever operates the flow can ask somebody else.'
            : 'Assign it to somebody else: the run asks them too. Or change who is in the group, or has the right.'}
        </span>
      </p>
    </div>
  );
}

const MISSING_WORDS: Readonly<Record<string, string>> = { approve: ' you approve', reject: ' you reject' };
