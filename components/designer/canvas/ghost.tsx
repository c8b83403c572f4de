'use client';

/** What is being moved: at the pointer, or (chosen by keys or clicks) as a line at the bottom of the drawing. */
import { createPortal } from 'react-dom';
import { cn } from '@/components/ui/cn';
import { Keys } from '@/components/ui/surface';
import { findNode, withInner, type Draft } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import { branchIn, branchTitle } from './branch-places';
import type { Box, FlowLayout } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { Moved, Moving } from './use-moving';

interface GhostProps {
  moving: Moving;
  draft: Draft;
  whyNot: string | null;
  /** What a drop would do, if that is not seen. */
  says: string | null;
}

export function Ghost({ moving, draft, whyNot, says }: GhostProps) {
  const { moved, pointer, overTray } = moving;
  const { title, more } = wordsOf(moved, draft);
  const isAside = overTray && moved.kind === 'nodes';
  if (!pointer)
    return (
      <p
        role="status"
        className="absolute bottom-3 left-1/2 z-20 -translate-x-1/2 rounded-md border border-hairline bg-raised px-3 py-2 text-sm shadow-float"
      >
        Choose where to move {title}
        {more}. <Keys keys={['Esc']} /> leaves it where it is.
      </p>
    );
  return createPortal(
    <div
      aria-hidden
      style={{ left: pointer.x + 12, top: pointer.y + 12 }}
      className={cn(
        'pointer-events-none fixed z-50 max-w-72 rounded-lg border bg-raised px-3 py-2 text-sm shadow-float',
        whyNot ? 'border-fail' : 'border-mark/60'
      )}
    >
      <span className="block truncate font-semibold">
        {title}
        {more}
      </span>
      {whyNot ? <span className="block text-xs text-fail">{whyNot}</span> : null}
      {says && !whyNot ? <span className="block text-xs text-ink-2">{says}</span> : null}
      {isAside ? (
        <span className="block text-xs text-ink-2">Set aside: it stays in the draft and does not run.</span>
      ) : null}
    </div>,
    document.body
  );
}

function wordsOf(moved: Moved, draft: Draft): { title: string; more: string } {
  if (moved.kind === 'item') return { title: moved.item.title, more: '' };
  if (moved.kind === 'branch') {
    const branch = branchIn(draft, moved.branch);
    const count = branch?.steps.flatMap(withInner).length ?? 0;
    const more = count === 0 ? '' : ` with ${count} ${count === 1 ? 'step' : 'steps'}`;
    return { title: branch ? branchTitle(branch) : '', more };
  }
  if (moved.kind === 'pivot') return { title: 'Point of no return', more: '' };
  const node = findNode(draft, moved.ids[0] ?? '');
  const more = moved.ids.length > 1 ? ` and ${moved.ids.length - 1} more` : '';
  return { title: node ? titleOf(node) : '', more };
}

interface PivotTargetProps {
  layout: FlowLayout;
  /** Of the step that has it. */
  id: string;
  at: Point;
  isFree: boolean;
}
/** Where the point of no return is dropped: its line, at another place. */
export function PivotTarget({ layout, id, at, isFree }: PivotTargetProps) {
  const line = layout.pivots.find((each) => each.id === id)?.line;
  if (!line) return null;
  const [from, to] = line;
  const isDown = layout.direction === 'down';
  return (
    <span
      aria-hidden
      data-pivot-target
      style={
        isDown
          ? { left: from.x, top: at.y - 1, width: to.x - from.x, height: 2 }
          : { left: at.x - 1, top: from.y, width: 2, height: to.y - from.y }
      }
      className={cn(
        'pointer-events-none absolute border-dashed',
        isDown ? 'border-t-2' : 'border-l-2',
        isFree ? 'border-ink' : 'border-fail'
      )}
    />
  );
}

/** Where an undo is dropped. */
export function UndoTarget({ box, isFree }: { box: Box; isFree: boolean }) {
  return (
    <span
      aria-hidden
      style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
      className={cn(
        'pointer-events-none absolute rounded-r-md border-2 border-dashed',
        isFree ? 'border-ink bg-ink/5' : 'border-fail bg-fail-tint/60'
      )}
    />
  );
}

/** While steps are dragged and nothing is set aside yet, there is no tray below the drawing: this is its place. */
export function TrayTarget({ isAimed }: { isAimed: boolean }) {
  return (
    <div
      aria-hidden
      data-tray
      className={cn(
        'absolute inset-x-0 bottom-0 z-20 grid h-12 place-items-center border-t bg-sunken text-xs',
        isAimed ? 'border-ink font-medium text-ink' : 'border-hairline text-ink-2'
      )}
    >
      Drop here to set aside
    </div>
  );
}
