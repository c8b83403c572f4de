'use client';

/** The slots of the drawing: '+' on every thread and at every branch end, and the places for what is being moved. */
import { Plus } from 'lucide-react';
import type { PointerEvent } from 'react';
import { cn } from '@/components/ui/cn';
import type { SlotPlace } from '@/engine/flow/layout/layout';
import { slotKey } from './slot-places';

interface SlotsProps {
  slots: readonly SlotPlace[];
  /** In words, for screen readers. */
  nameOf: (slot: SlotPlace) => string;
  /** The slot whose menu is open. */
  open: string | null;
  /** While something is moved: why it cannot be dropped here; null: it can. Undefined: nothing is moved. */
  whyNot?: (slot: SlotPlace) => string | null;
  /** The slot that the pointer is nearest to while something is moved. */
  aimed: string | null;
  onPress: (slot: SlotPlace, mark: HTMLElement) => void;
}

/** An element is at hand only while its thread is near the pointer, has the focus, or something is moved. */
export function Slots({ slots, nameOf, open, whyNot, aimed, onPress }: SlotsProps) {
  const only = slots.length === 1;
  return slots.map((slot) => {
    const key = slotKey(slot);
    const reason = whyNot?.(slot) ?? null;
    const moving = whyNot !== undefined;
    const shown = only || open === key || (moving && reason === null);
    return (
      <div
        key={key}
        style={{ left: slot.at.x, top: slot.at.y }}
        className={cn(
          'group/slot pointer-events-auto absolute grid h-6 w-44 -translate-x-1/2 -translate-y-1/2 place-items-center',
          moving && reason !== null && 'pointer-events-none'
        )}
      >
        {aimed === key ? (
          <span
            aria-hidden
            className={cn(
              'absolute h-2 w-60 rounded-full border border-dashed',
              reason === null ? 'border-ink bg-ink/10' : 'border-fail bg-fail-tint'
            )}
          />
        ) : null}
        <button
          type="button"
          data-slot={key}
          tabIndex={only || (moving && reason === null) ? 0 : -1}
          aria-label={moving ? `Move ${nameOf(slot)}` : `Insert ${nameOf(slot)}`}
          aria-haspopup={moving ? undefined : 'dialog'}
          onPointerDown={stop}
          onClick={(event) => onPress(slot, event.currentTarget)}
          className={cn(
            'nodrag nopan relative grid size-[18px] place-items-center rounded-full border border-mark bg-card text-ink-2 transition-opacity hover:border-ink hover:text-ink focus-visible:opacity-100 group-hover/slot:opacity-100 [@media(hover:none)]:opacity-100',
            'before:absolute before:-inset-1.5',
            shown ? 'opacity-100' : 'opacity-0',
            moving && reason === null && 'border-ink text-ink'
          )}
        >
          <Plus aria-hidden className="size-3" />
        </button>
      </div>
    );
  });
}
const stop = (event: PointerEvent) => event.stopPropagation();
