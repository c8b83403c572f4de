'use client';

/** The places for a branch that is moved: between the branches of every fork that can have it. */
import type { PointerEvent } from 'react';
import { cn } from '@/components/ui/cn';
import { markKey, type BranchMark } from './branch-places';
import { MARK } from './use-moving';

interface BranchMarksProps {
  marks: readonly BranchMark[];
  /** In words, for screen readers. */
  nameOf: (mark: BranchMark) => string;
  whyNot: (mark: BranchMark) => string | null;
  /** The key of the one that the pointer is nearest to. */
  aimed: string | null;
  onPress: (mark: BranchMark) => void;
}

export function BranchMarks({ marks, nameOf, whyNot, aimed, onPress }: BranchMarksProps) {
  return marks.map((mark) => {
    const key = markKey(mark);
    const isFree = whyNot(mark) === null;
    const isAimed = aimed === key;
    // What is not possible is drawn only while the pointer is there, with its reason.
    if (!isFree && !isAimed) return null;
    const { at, lies } = mark;
    const isUpright = lies === 'upright';
    return (
      <button
        key={key}
        type="button"
        data-slot={key}
        tabIndex={isFree ? 0 : -1}
        aria-label={`Move ${nameOf(mark)}`}
        onPointerDown={stop}
        onClick={() => onPress(mark)}
        style={
          isUpright
            ? { left: at.x - 9, top: at.y - 4, width: 18, height: MARK.upright }
            : { left: at.x - MARK.across, top: at.y - 9, width: 2 * MARK.across, height: 18 }
        }
        className="nodrag nopan group/mark pointer-events-auto absolute grid place-items-center rounded-md"
      >
        <span
          aria-hidden
          className={cn(
            'block rounded-full transition-[background-color] duration-100 group-hover/mark:bg-ink',
            isUpright ? 'h-full' : 'w-full',
            isAimed ? (isUpright ? 'w-1.5' : 'h-1.5') : isUpright ? 'w-0.5' : 'h-0.5',
            !isFree ? 'bg-fail' : isAimed ? 'bg-ink' : 'bg-mark/70'
          )}
        />
      </button>
    );
  });
}
const stop = (event: PointerEvent) => event.stopPropagation();
