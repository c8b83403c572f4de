'use client';

/** How a trial ended, and the questions that it ended with; they are answered here. */
import { Fragment } from 'react';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { decisionsOf } from '@/engine/flow/nodes/approval';
import { nodeIn } from '@/engine/flow/tree';
import { formatDuration } from '@/engine/flow/values/format';
import { loopWordOf } from '@/engine/run-view/item-words';
import type { TrialResult } from '@/engine/trial/result';
import { cellWords } from './cell-words';
import { answerOutcome, answerUndo, editAsked } from './plan-edits';
import type { Trial } from './use-trial';

export function Ending({ trial, result }: { trial: Trial; result: TrialResult }) {
  const { end } = result;
  const { mark, words, left } = cellWords({ ...result, left: end.kind === 'completed' ? [] : result.left });
  return (
    <div className="border-b border-hairline px-3 py-2" role="status" aria-busy={trial.isPlaying || trial.isStale}>
      <p className="flex flex-wrap items-center gap-x-2 text-sm">
        <StatusMark state={mark} word="none" />
        <span className="font-medium">{words}</span>
        {left ? <span className="text-fail">{left}</span> : null}
        <span className="figures ml-auto text-xs text-ink-2">
          {trial.isPlaying
            ? 'plays…'
            : trial.isStale
              ? 'before the last change'
              : end.elapsedMs > 0
                ? `after ${formatDuration(end.elapsedMs)}`
                : 'at once'}
        </span>
      </p>
      {end.sentence === `${words}.` ? null : <p className="mt-0.5 text-xs text-ink-2">{end.sentence}</p>}
      {end.questions.map((question) => (
        <Question
          key={`${question.kind}/${question.nodeId}/${question.item ?? ''}`}
          trial={trial}
          result={result}
          question={question}
        />
      ))}
    </div>
  );
}

function Question({
  trial,
  result: { manifest, calls },
  question,
}: {
  trial: Trial;
  result: Pick<TrialResult, 'manifest' | 'calls'>;
  question: TrialResult['end']['questions'][number];
}) {
  const { kind, words, item } = question;
  const { plan, setPlan } = trial;
  const asked = nodeIn(manifest.document.steps, question.nodeId);
  const decisionsOfQuestion = asked?.kind === 'approval' ? decisionsOf(asked) : [];
  const undoCalls = calls.filter(
    ({ nodeId, role, path }) => nodeId === question.nodeId && role === 'undo' && path.join('.') === (item ?? '')
  ).length;
  const answer = (label: string, onClick: () => void) => (
    <Button size="sm" onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <div className="mt-2 flex flex-col gap-1.5 rounded-md border border-hairline bg-paper px-2.5 py-2">
      <p className="text-sm">
        {item === undefined ? null : (
          <span className="text-ink-2">{`${loopWordOf(question.nodeId, manifest) === 'round' ? 'Round' : 'Item'} ${item}: `}</span>
        )}
        {words}
      </p>
      <div className="flex flex-wrap gap-1.5">
        {kind === 'undo' ? (
          <>
            {question.without === 'retry'
              ? null
              : answer('Try again', () => setPlan(answerUndo(plan, question, 'retry', undoCalls)))}
            {answer('Undone by hand', () => setPlan(answerUndo(plan, question, 'doneByHand', undoCalls)))}
            {answer('Leave it as it is', () => setPlan(answerUndo(plan, question, 'leave', undoCalls)))}
          </>
        ) : null}
        {kind === 'outcome' ? (
          <>
            {answer('It happened', () => setPlan(answerOutcome(plan, question, 'applied')))}
            {answer('It did not happen', () => setPlan(answerOutcome(plan, question, 'notApplied')))}
            {question.without === 'undo'
              ? null
              : answer('Undo it, to be sure', () => setPlan(answerOutcome(plan, question, 'undo')))}
          </>
        ) : null}
        {kind === 'approval' ? (
          <>
            {decisionsOfQuestion.map(({ key, title }) => (
              <Fragment key={key}>
                {answer(title, () =>
                  setPlan(
                    editAsked(plan, question, { decision: key === 'approve' ? undefined : key, values: undefined })
                  )
                )}
              </Fragment>
            ))}
          </>
        ) : null}
      </div>
    </div>
  );
}
