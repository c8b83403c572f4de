'use client';

/**
 * The undos inside a fork, as one cell of the right column. It repeats the content of the cards inside, so it cannot
 * be focused.
 */
import { Undo2 } from 'lucide-react';
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import type { LedgerState } from '@/engine/saga/contract';
import type { StepFacts } from './card-model';
import { Band, LININGS, Order } from './lining';

export interface SummaryCellProps {
  /** The steps with an undo inside the fork, in reading order. */
  steps: readonly StepFacts[];
  /** Of the effects of these steps, at run time: several of a step in a loop. */
  states: readonly LedgerState[] | null;
  /** In a preview: the numbers of the steps that would be undone. */
  orders: readonly string[] | null;
  quiet: boolean;
}

export const SummaryCell = memo(function SummaryCell({ steps, states, orders, quiet }: SummaryCellProps) {
  const said = summaryOf(states?.length ?? steps.length, states);
  const armed = said.state === 'standing' || said.state === 'mayStand';
  const look =
    orders !== null
      ? orders.length > 0
        ? 'border-back bg-back-tint text-ink'
        : 'border-hairline text-ink-2'
      : armed && quiet
        ? 'border-dashed border-mark/70 text-ink-2'
        : said.state
          ? LININGS[said.state]
          : 'border-mark/45 text-ink-2';
  return (
    <div
      aria-hidden
      title={steps.map(({ undoTitle, node }) => undoTitle ?? node.title).join(', ')}
      className="h-full w-full [&>span]:rounded-md [&>span]:border-l small:[&>span]:border-l-[length:calc(1px/var(--zoom))]"
    >
      <Band beside className={look}>
        <Undo2 aria-hidden className={cn('size-3 shrink-0', orders && orders.length > 0 && 'text-back')} />
        {orders === null ? (
          <span className="line-clamp-2 min-w-0 flex-1 wrap-anywhere band:hidden">{said.text}</span>
        ) : (
          <>
            <span className="shrink-0 whitespace-nowrap band:hidden">{`${orders.length} of ${steps.length}`}</span>
            {/* The numbers that fit. Those that do not are in a further line, which is not shown. */}
            <span
              data-orders
              className="ml-auto flex max-h-5 min-w-0 flex-wrap justify-end gap-1 overflow-hidden band:hidden"
            >
              {orders.map((order) => (
                <Order key={order} text={order} className="bg-back text-on-hue" />
              ))}
            </span>
          </>
        )}
        <span className="hidden band:block">{orders?.length ?? steps.length}</span>
      </Band>
    </div>
  );
});

const countOf = (count: number) => (count === 1 ? '1 undo step' : `${count} undo steps`);

/** The state that matters most, with the number of steps that have it. */
function summaryOf(steps: number, states: readonly LedgerState[] | null): { state: LedgerState | null; text: string } {
  const count = (...wanted: LedgerState[]) => (states ?? []).filter((each) => wanted.includes(each)).length;
  const undone = count('undone', 'doneByHand');
  if (count('undoFailed') > 0) return { state: 'undoFailed', text: 'Undo failed' };
  if (count('undoing') > 0)
    return {
      state: 'undoing',
      text: `Undoing, ${undone} of ${undone + count('undoing', 'standing', 'mayStand')} done`,
    };
  const unclear = count('mayStand');
  if (unclear > 0) return { state: 'mayStand', text: `${unclear} may have happened` };
  const left = count('leftStanding');
  if (left > 0) return { state: 'leftStanding', text: `${left} left as ${left === 1 ? 'it is' : 'they are'}` };
  const remains = count('standing');
  if (remains > 0) return { state: 'standing', text: `${remains} of ${steps} ${remains === 1 ? 'remains' : 'remain'}` };
  if (undone > 0) return { state: 'undone', text: `${undone} undone` };
  return { state: states ? 'notArmed' : null, text: countOf(steps) };
}
