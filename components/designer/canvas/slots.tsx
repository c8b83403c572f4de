'use client';

/** The slots of the drawing: '+' on every thread and at every branch end, and the places for what is being moved. */
import { Plus } from 'lucide-react';
import { memo, type KeyboardEvent, type PointerEvent } from 'react';
import { useSeen } from '@/components/canvas/seen';
import { cn } from '@/components/ui/cn';
import { useLatest } from '@/components/ui/use-latest';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import { slotKey } from './slot-places';

interface SlotsProps {
  layout: FlowLayout;
  /** In words, for screen readers. */
  nameOf: (slot: SlotPlace) => string;
  /** The slot whose menu is open. */
  open: string | null;
  /** While something is moved: why it cannot be dropped here; null: it can. Undefined: nothing is moved. */
  whyNot?: (slot: SlotPlace) => string | null;
  /** All slots are in the page, because they are chosen by keys. Otherwise those that are seen, and those at `at`. */
  all: boolean;
  /** The selected node. */
  at: string | null;
  /** The slot that the pointer is nearest to while something is moved. */
  aimed: string | null;
  onPress: (slot: SlotPlace, mark: HTMLElement) => void;
}

/** An element is at hand only while its thread is near the pointer, has the focus, or something is moved. */
export function Slots({ layout, nameOf, open, whyNot, all, at, aimed, onPress }: SlotsProps) {
  const { slots } = layout;
  const isSeen = useSeen(layout);
  const only = slots.length === 1;
  return slots.map((slot) => {
    const key = slotKey(slot);
    const isNear = at !== null && (slot.after === at || slot.before === at);
    if (!all && !only && !isNear && open !== key && !isSeen(slot.at)) return null;
    const reason = whyNot?.(slot) ?? null;
    const moving = whyNot !== undefined;
    return (
      <Slot
        key={key}
        slot={slot}
        x={slot.at.x}
        y={slot.at.y}
        name={`${moving ? 'Move' : 'Insert'} ${nameOf(slot)}`}
        isMove={moving}
        isFree={reason === null}
        isShown={only || open === key || (moving && reason === null)}
        isTabStop={only || (moving && reason === null)}
        isAimed={aimed === key}
        onPress={onPress}
      />
    );
  });
}

interface SlotProps {
  slot: SlotPlace;
  x: number;
  y: number;
  name: string;
  isMove: boolean;
  isFree: boolean;
  isShown: boolean;
  isTabStop: boolean;
  isAimed: boolean;
  onPress: SlotsProps['onPress'];
}
const Slot = memo(
  function Slot({ slot, x, y, name, isMove, isFree, isShown, isTabStop, isAimed, onPress }: SlotProps) {
    const press = useLatest((mark: HTMLElement) => onPress(slot, mark));
    return (
      <div
        style={{ left: x, top: y }}
        className={cn(
          'group/slot pointer-events-auto absolute grid h-6 w-44 -translate-x-1/2 -translate-y-1/2 place-items-center',
          isMove && !isFree && 'pointer-events-none'
        )}
      >
        {isAimed ? (
          <span
            aria-hidden
            className={cn(
              'absolute h-2 w-60 rounded-full border border-dashed',
              isFree ? 'border-ink bg-ink/10' : 'border-fail bg-fail-tint'
            )}
          />
        ) : null}
        <SlotMark
          place={slotKey(slot)}
          name={name}
          isTabStop={isTabStop}
          isMove={isMove}
          isFree={isFree}
          isShown={isShown}
          onPress={press}
        />
      </div>
    );
  },
  (a, b) =>
    slotKey(a.slot) === slotKey(b.slot) &&
    (Object.keys(a) as (keyof SlotProps)[]).every((key) => key === 'slot' || a[key] === b[key])
);

interface SlotMarkProps extends Pick<SlotProps, 'name' | 'isTabStop' | 'isMove' | 'isFree' | 'isShown'> {
  place: string;
  onPress: (mark: HTMLElement) => void;
}
/** An edit moves every slot behind it. The marks in them are not drawn again. */
const SlotMark = memo(function SlotMark({ place, name, isTabStop, isMove, isFree, isShown, onPress }: SlotMarkProps) {
  return (
    <button
      type="button"
      data-slot={place}
      tabIndex={isTabStop ? 0 : -1}
      aria-label={name}
      aria-haspopup={isMove ? undefined : 'dialog'}
      onPointerDown={stop}
      onClick={(event) => onPress(event.currentTarget)}
      className={cn(
        'nodrag nopan relative grid size-[18px] place-items-center rounded-full border border-mark bg-card text-ink-2 transition-opacity hover:border-ink hover:text-ink focus-visible:opacity-100 group-hover/slot:opacity-100 [@media(hover:none)]:opacity-100',
        'before:absolute before:-inset-1.5',
        isShown ? 'opacity-100' : 'opacity-0',
        isMove && isFree && 'border-ink text-ink'
      )}
    >
      <Plus aria-hidden className="size-3" />
    </button>
  );
});

const BY: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
/** While something is moved, the arrow keys go through the slots in reading order. False: it is another key. */
export function nextSlot(event: KeyboardEvent, drawing: HTMLElement | null): boolean {
  const by = BY[event.key];
  if (by === undefined) return false;
  const marks = [...(drawing?.querySelectorAll<HTMLElement>('[data-slot][tabindex="0"]') ?? [])];
  marks[(marks.indexOf(event.target as HTMLElement) + by + marks.length) % marks.length]?.focus();
  return true;
}
const stop = (event: PointerEvent) => event.stopPropagation();
