'use client';

/**
 * Questions of those who may decide, with their answers. While one is open, the clock of the task is stopped. Nothing is
 * shown before the server has answered; what was written is kept until then.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleHelp, CircleCheck, CircleSlash } from 'lucide-react';
import { useRef, useState } from 'react';
import type {
  AskableList,
  AskQuestionBody,
  InboxTask,
  InboxTaskDetail,
  QuestionReceipt,
  TaskQuestion,
} from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { newId } from '@/components/live/request-id';
import { Button } from '@/components/ui/button';
import { Field, Select, Textarea } from '@/components/ui/field';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';
import { LONGEST_TEXT } from '@/engine/saga/contract';

export function Questions({ detail, disabledReason }: { detail: InboxTaskDetail; disabledReason: string | null }) {
  const { task, questions, mayAsk, starter, starterMissing } = detail;
  const [isAsking, setAsking] = useState(false);
  if (questions.length === 0 && !mayAsk) return null;
  return (
    <section aria-labelledby="task-questions" className="flex flex-col gap-3">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id="task-questions" className="text-xs font-medium text-ink-2">
          Questions
        </h2>
        {task.stoppedSinceMs === null ? null : (
          <p role="status" className="text-sm">
            The clock was stopped <RelativeTime atMs={task.stoppedSinceMs} />, until it is answered.
          </p>
        )}
        {mayAsk && !isAsking ? (
          <Button size="sm" disabledReason={disabledReason} onClick={() => setAsking(true)}>
            <CircleHelp aria-hidden />
            Ask a question
          </Button>
        ) : null}
      </div>
      {questions.length > 0 ? (
        <ol className="flex flex-col gap-3 rounded-lg border border-hairline px-4 py-3 text-sm">
          {questions.map((question) => (
            <Asked key={question.id} {...{ task, question, disabledReason }} />
          ))}
        </ol>
      ) : null}
      {isAsking && mayAsk ? (
        <Ask {...{ task, starter, starterMissing, disabledReason }} onEnd={() => setAsking(false)} />
      ) : null}
    </section>
  );
}

interface Acting {
  task: Pick<InboxTask, 'taskId'>;
  disabledReason: string | null;
}

function Asked({ task, question, disabledReason }: Acting & { question: TaskQuestion }) {
  const { text, by, of, askedAtMs, answer, answeredAtMs, withdrawnAtMs, mayAnswer, mayWithdraw } = question;
  const withdraw = useSend((_: null) =>
    postJson<QuestionReceipt>(routes.withdrawQuestion(task.taskId, question.id), {})
  );
  const Mark = withdrawnAtMs !== null ? CircleSlash : answeredAtMs !== null ? CircleCheck : CircleHelp;
  return (
    <li className="flex items-start gap-2.5">
      <Mark aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="wrap-anywhere">
          <span className="font-medium">
            <PlainText text={by} />
          </span>{' '}
          asked <PlainText text={of} />{' '}
          <span className="text-ink-2">
            <RelativeTime atMs={askedAtMs} />
          </span>
        </p>
        <blockquote className="border-l-2 border-hairline pl-3 break-words whitespace-pre-wrap">
          <PlainText text={text} />
        </blockquote>
        {answer !== null && answeredAtMs !== null ? (
          <>
            <p className="wrap-anywhere">
              <span className="font-medium">
                <PlainText text={of} />
              </span>{' '}
              answered{' '}
              <span className="text-ink-2">
                <RelativeTime atMs={answeredAtMs} />
              </span>
            </p>
            <blockquote className="border-l-2 border-hairline pl-3 break-words whitespace-pre-wrap">
              <PlainText text={answer} />
            </blockquote>
          </>
        ) : null}
        {withdrawnAtMs === null ? null : (
          <p className="text-ink-2">
            Withdrawn <RelativeTime atMs={withdrawnAtMs} />.
          </p>
        )}
        {mayAnswer ? <Answer {...{ task, question, disabledReason }} /> : null}
        {mayWithdraw ? (
          <Button
            size="sm"
            variant="ghost"
            className="self-start"
            pending={withdraw.isPending}
            disabledReason={disabledReason}
            onClick={() => withdraw.mutate(null)}
          >
            Withdraw the question
          </Button>
        ) : null}
        {withdraw.error && !withdraw.isPending ? <FailureBand failure={failureFrom(withdraw.error)} /> : null}
      </div>
    </li>
  );
}

function Answer({ task, question, disabledReason }: Acting & { question: TaskQuestion }) {
  const [text, setText] = useState('');
  const answer = useSend((given: string) =>
    postJson<QuestionReceipt>(routes.answerQuestion(task.taskId, question.id), { text: given })
  );
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) answer.mutate(text.trim());
      }}
    >
      <Field label="Your answer" required help="Everybody who may read this approval reads it.">
        <Textarea value={text} maxLength={LONGEST_TEXT} onChange={({ target }) => setText(target.value)} />
      </Field>
      {answer.error && !answer.isPending ? <FailureBand failure={failureFrom(answer.error)} /> : null}
      <Button
        type="submit"
        variant="primary"
        className="self-start"
        pending={answer.isPending}
        disabledReason={disabledReason ?? (text.trim() ? null : 'Write an answer first.')}
      >
        Answer
      </Button>
    </form>
  );
}

interface AskProps extends Acting {
  starter: InboxTaskDetail['starter'];
  starterMissing: InboxTaskDetail['starterMissing'];
  onEnd: () => void;
}

/** Whoever started the run is asked, unless somebody else is chosen. */
const STARTER = 'starter';

function Ask({ task, starter, starterMissing, disabledReason, onEnd }: AskProps) {
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(starter ? STARTER : '');
  const { data, error } = useQuery({
    queryKey: ['inbox', 'askable', task.taskId],
    queryFn: ({ signal }) => getJson<AskableList>(routes.askable(task.taskId), signal),
  });
  const others = (data?.people ?? []).filter(({ id: other }) => other !== starter?.id);
  const isKnown = chosen === STARTER ? starter !== null : others.some(({ id: other }) => other === chosen);
  const whom = isKnown ? chosen : '';
  const id = useRef(newId());
  const ask = useSend((given: string) => {
    const body: AskQuestionBody = { questionId: id.current, text: given, of: whom === STARTER ? null : whom };
    return postJson<QuestionReceipt>(routes.askQuestion(task.taskId), body);
  }, onEnd);
  const nobody =
    whom === '' ? (data?.people.length === 0 ? 'Nobody else may see this approval.' : 'Choose whom to ask.') : null;
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() && nobody === null) ask.mutate(text.trim());
      }}
    >
      <Field
        required
        label="Whom you ask"
        help={starterMissing ?? 'Whoever may see this approval. They are told, and answer here.'}
      >
        <Select
          value={whom}
          onValueChange={setChosen}
          placeholder="Choose a person"
          options={[
            ...(starter ? [{ value: STARTER, label: `${starter.name}, who started the run` }] : []),
            ...others.map(({ id: other, name }) => ({ value: other, label: name })),
          ]}
        />
      </Field>
      {error ? <FailureBand failure={failureFrom(error)} /> : null}
      <Field
        required
        label="Your question"
        help="The due time, reminders and the time to decide stop until it is answered, for seven days at most."
      >
        <Textarea autoFocus value={text} maxLength={LONGEST_TEXT} onChange={({ target }) => setText(target.value)} />
      </Field>
      {ask.error && !ask.isPending ? <FailureBand failure={failureFrom(ask.error)} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          variant="primary"
          pending={ask.isPending}
          disabledReason={disabledReason ?? nobody ?? (text.trim() ? null : 'Write a question first.')}
        >
          Ask
        </Button>
        <Button onClick={onEnd} disabled={ask.isPending}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function useSend<Given>(send: (given: Given) => Promise<QuestionReceipt>, onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    meta: { shownByForm: true },
    retry: false,
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ['inbox'] }),
  });
}
