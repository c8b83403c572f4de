'use client';

/**
 * The ledger of a run: which effects remain, which were undone, and by whom. Rows can be selected like cards of the
 * drawing.
 */
import { Anchor, Check, Hand, Lock } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import { formatDuration } from '@/engine/flow/values/format';
import { clauseOf } from '@/engine/run-view/failure';
import { countOf, effectWords } from '@/components/words';
import { isLeft } from '@/engine/run-view/ledger';
import { holderWords, leftWords } from '@/engine/run-view/left-words';
import { isLeftBehind } from '@/engine/run-view/remaining';
import type { Ledger, LedgerEntry } from '@/engine/run-view/model';

export interface LedgerPanelProps {
  ledger: Ledger;
  /** The run completed, so its effects are meant to remain. */
  completed?: boolean;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
  /** Of a trial, whose time is not that of the clock: times are shown as the time since this start. */
  flowStartMs?: number;
  /** Buttons for a row that needs a decision. */
  actions?: (entry: LedgerEntry) => ReactNode;
  /** What is to be known before the rows are read. */
  note?: ReactNode;
  className?: string;
}

/** So many rows are shown at first, and added by each press. A loop may have a thousand. */
const AT_ONCE = 100;

export function LedgerPanel({
  ledger,
  completed = false,
  selected,
  onSelect,
  flowStartMs,
  actions,
  note,
  className,
}: LedgerPanelProps) {
  const [most, setMost] = useState(AT_ONCE);
  const armed = ledger.entries.filter(wasReached);
  const later = new Set(ledger.entries.filter((entry) => !armed.includes(entry)).map(({ nodeId }) => nodeId)).size;
  /*
   * The last step of the flow is at the top, because it is undone first, and rows keep their place. Steps that were
   * never armed are only counted.
   */
  const all = armed.toReversed();
  // What failed, or may have happened, is always shown.
  const rows = all.length <= most ? all : all.filter((entry, index) => index < most || !isOrdinary(entry));
  const more = all.length - rows.length;
  return (
    <section aria-label="Ledger" className={cn('flex min-h-0 flex-col', className)}>
      <header className="flex items-baseline justify-between gap-2 border-b border-hairline px-3 py-2">
        <h2 className="text-sm font-semibold">Ledger</h2>
        <p className="figures text-xs text-ink-2">{summaryOf(ledger, completed)}</p>
      </header>
      {note}
      {rows.length === 0 ? (
        <EmptyState title="No effects" className="py-8">
          {later > 0
            ? `${countOf(later, 'step')} of this flow ${later === 1 ? 'has' : 'have'} an effect. None of them has run.`
            : 'No step of this flow has an effect.'}
        </EmptyState>
      ) : (
        <ul className="relative min-h-0 flex-1 overflow-y-auto">
          {rows.map((entry) => (
            <li key={entry.activityId} className="border-b border-hairline last:border-b-0">
              <button
                type="button"
                aria-pressed={selected === entry.nodeId}
                onClick={() => onSelect(selected === entry.nodeId ? null : entry.nodeId)}
                className={cn(
                  'flex w-full items-start gap-2.5 px-3 py-2 text-left transition-colors -outline-offset-2 hover:bg-ink/3',
                  selected === entry.nodeId && 'bg-ink/6'
                )}
              >
                <LedgerLine entry={entry} flowStartMs={flowStartMs} />
              </button>
              {actions ? actions(entry) : null}
            </li>
          ))}
          {more > 0 ? (
            <li className="p-2">
              <Button size="sm" variant="ghost" onClick={() => setMost(most + AT_ONCE)}>
                Show {Math.min(more, AT_ONCE)} more of {more}
              </Button>
            </li>
          ) : null}
        </ul>
      )}
    </section>
  );
}

const isOrdinary = ({ state }: LedgerEntry): boolean => state === 'standing' || state === 'undone';

/** Also an effect of which a person, or a late answer, said that it did not happen. */
const wasReached = ({ state, decidedBy, answeredLateMs }: LedgerEntry): boolean =>
  state !== 'notArmed' || decidedBy !== null || answeredLateMs !== null;

/** One effect: its mark, its state, the reason, and who decided. */
export function LedgerLine({ entry, flowStartMs }: { entry: LedgerEntry; flowStartMs?: number }) {
  return (
    <span className="flex min-w-0 flex-1 items-start gap-2.5">
      <span className="mt-0.5 grid size-4 shrink-0 place-items-center">
        <EntryMark entry={entry} />
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-2">
          <span className="truncate text-sm">{entry.title}</span>
          {entry.undoOrder !== null ? (
            <span className="figures shrink-0 text-xs text-ink-2">
              {entry.underWay
                ? 'waits for its outcome'
                : entry.undoOrder === 1
                  ? 'undone next'
                  : `undone ${ordinal(entry.undoOrder)}`}
            </span>
          ) : null}
        </span>
        <span className="flex items-baseline justify-between gap-2 text-xs">
          <span className={toneOf(entry)}>{effectWords(entry)}</span>
          {entry.sinceMs === null ? null : flowStartMs === undefined ? (
            <RelativeTime atMs={entry.sinceMs} className="shrink-0 text-ink-2" />
          ) : entry.sinceMs > flowStartMs ? (
            <span className="figures shrink-0 text-ink-2">after {formatDuration(entry.sinceMs - flowStartMs)}</span>
          ) : null}
        </span>
        {entry.failure && entry.state !== 'undone' ? (
          <span className="mt-0.5 block text-xs text-ink-2">{clauseOf(entry.failure)}</span>
        ) : null}
        {entry.answeredLateMs !== null ? (
          <span className="mt-0.5 block text-xs text-ink-2">
            Answered after the run had ended: it {entry.happened === 'no' ? 'did not happen' : 'happened'}.
          </span>
        ) : null}
        {entry.carried ? (
          <span className="mt-0.5 block text-xs text-ink-2">Of an earlier run of the chain.</span>
        ) : null}
        {entry.heldBy !== null ? (
          <span className="mt-0.5 block text-xs text-ink-2">Belongs to {holderWords(entry.heldBy)} now.</span>
        ) : null}
        {entry.decidedBy ? (
          <span className="mt-0.5 block text-xs text-ink-2">
            {entry.decidedBy.name}: <PlainText text={entry.decidedBy.reason} />
          </span>
        ) : null}
      </span>
    </span>
  );
}

function summaryOf(ledger: Ledger, completed: boolean): string {
  if (ledger.entries.every(({ state }) => state === 'notArmed')) return 'no effects';
  const left = leftWords(ledger);
  const passedOn = ledger.entries.filter(({ state, heldBy }) => isLeft(state) && heldBy !== null).length;
  if (left === null) return passedOn > 0 ? `${countOf(passedOn, 'effect')} of another run` : 'no effect remains';
  return completed && ledger.entries.every((entry) => !isLeftBehind(entry, completed)) ? `${left}, as meant` : left;
}

function EntryMark({ entry }: { entry: LedgerEntry }): ReactNode {
  switch (entry.state) {
    case 'notArmed':
      return <StatusMark state="notYet" word="none" />;
    case 'standing':
      return entry.effect === 'irreversible' ? (
        <Lock aria-hidden className="size-3.5 text-ink-2" />
      ) : (
        <StatusMark state="done" word="none" />
      );
    case 'mayStand':
      return <StatusMark state="unknown" word="none" />;
    case 'undoing':
      return <StatusMark state="unwinding" word="none" />;
    case 'undone':
      return <StatusMark state="undone" word="none" />;
    case 'undoFailed':
      return <StatusMark state="undoFailed" word="none" />;
    case 'doneByHand':
      return (
        <span className="relative text-ink-2">
          <Hand aria-hidden className="size-4" />
          <Check aria-hidden strokeWidth={3} className="absolute -bottom-1 -right-1 size-2.5" />
        </span>
      );
    case 'leftStanding':
      return <Anchor aria-hidden className="size-4 text-fail" />;
  }
}

function toneOf({ state }: LedgerEntry): string {
  if (state === 'undoFailed' || state === 'leftStanding' || state === 'mayStand') return 'text-fail';
  if (state === 'undoing' || state === 'undone') return 'text-back';
  return isLeft(state) ? 'text-ink' : 'text-ink-2';
}
function ordinal(n: number): string {
  const tail = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${tail}`;
}
