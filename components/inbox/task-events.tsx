'use client';

/** What happened to a task: others were asked, people were reminded, and decisions were taken back. */
import { AlarmClock, BellRing, CircleCheck, CircleHelp, CornerRightUp, Undo2 } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';
import type { TaskEvent } from '@/engine/saga/contract';
import { escalationWords, reminderWords } from './words';

export function TaskEvents({ events }: { events: readonly TaskEvent[] }) {
  const escalations = events.filter(({ kind }) => kind === 'escalated');
  const reminders = events.filter(({ kind }) => kind === 'reminded');
  const last = reminders.at(-1);
  const wentOn = events.findLast(({ kind }) => kind === 'clockGoesOn');
  if (events.every(({ kind }) => SHOWN_WITH_QUESTIONS.includes(kind))) return null;
  return (
    <ul className="flex flex-col gap-1.5 rounded-lg border border-hairline px-4 py-3 text-sm" aria-label="Meanwhile">
      {escalations.map((event) => (
        <li key={event.seq} className="flex items-start gap-2.5">
          <CornerRightUp aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
          <span className="min-w-0 wrap-anywhere">
            {escalationWords(event)} <RelativeTime atMs={event.atMs} />, because nobody decided.
          </span>
        </li>
      ))}
      {events
        .filter(({ kind }) => kind === 'takenBack')
        .map(({ seq, by, atMs }) => (
          <li key={seq} className="flex items-start gap-2.5">
            <Undo2 aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
            <span className="min-w-0 wrap-anywhere">
              <PlainText text={by ?? 'Somebody'} /> took a decision back <RelativeTime atMs={atMs} />.
            </span>
          </li>
        ))}
      {wentOn ? (
        <li className="flex items-start gap-2.5">
          <AlarmClock aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
          <span className="min-w-0">
            A question was not answered, and the clock went on <RelativeTime atMs={wentOn.atMs} />.
          </span>
        </li>
      ) : null}
      {last ? (
        <li className="flex items-start gap-2.5">
          <BellRing aria-hidden className="mt-0.5 size-4 shrink-0 text-mark" />
          <span className="min-w-0">
            {reminderWords(reminders.length)} <RelativeTime atMs={last.atMs} />.
          </span>
        </li>
      ) : null}
    </ul>
  );
}

const SHOWN_WITH_QUESTIONS: readonly TaskEvent['kind'][] = ['asked', 'answered', 'withdrawn'];

/** The newest of the questions and answers, in one line; nothing after a question was withdrawn. */
export function Questioned({ events, className }: { events: readonly TaskEvent[]; className?: string }) {
  const last = events.findLast(({ kind }) => SHOWN_WITH_QUESTIONS.includes(kind));
  if (!last || last.kind === 'withdrawn') return null;
  const isAnswer = last.kind === 'answered';
  const Mark = isAnswer ? CircleCheck : CircleHelp;
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-1', isAnswer && 'font-medium text-ink', className)}>
      <Mark aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">
        <PlainText text={last.by ?? 'Somebody'} /> {isAnswer ? 'answered a question' : 'asked a question'}
      </span>{' '}
      <RelativeTime atMs={last.atMs} />
    </span>
  );
}

/** The last escalation, in one line. */
export function Escalated({ events, className }: { events: readonly TaskEvent[]; className?: string }) {
  const last = events.findLast(({ kind }) => kind === 'escalated');
  if (!last) return null;
  return (
    <span className={cn('inline-flex min-w-0 items-center gap-1 font-medium text-ink', className)}>
      <CornerRightUp aria-hidden className="size-3.5 shrink-0" />
      <span className="truncate">{escalationWords(last)}</span> <RelativeTime atMs={last.atMs} />
    </span>
  );
}
