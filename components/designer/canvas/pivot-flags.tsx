'use client';

/**
 * The line of a point of no return, which is dragged to another place, and its flag as a button: which step it is
 * behind is chosen where it is drawn. P does it by keys.
 */
import { Check } from 'lucide-react';
import { useState, type PointerEvent } from 'react';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { useSeen } from '@/components/canvas/seen';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowLayout, PivotLine } from '@/engine/flow/layout/layout';
import { noPivot, pivotAt, pivotChoices } from './pivot-moves';

interface PivotFlagsProps {
  layout: FlowLayout;
  draft: Draft;
  /** `select`: the step that has it then. */
  onEdit: (operations: Operation[], select: string) => void;
  /** `id`: the step that has it now. */
  onDrag: (event: PointerEvent, id: string) => void;
}

/** How far from the line the pointer takes it, in pixels. */
const GRIP = 6;

export function PivotFlags({ layout, draft, onEdit, onDrag }: PivotFlagsProps) {
  const [open, setOpen] = useState<string | null>(null);
  const isSeen = useSeen(layout);
  const seen = layout.labels.filter(
    (label) => label.role === 'pivot' && isSeen(label) && findNode(draft, label.owner) !== null
  );
  return seen.map(({ owner, x, y, width, height }) => {
    const line = layout.pivots.find(({ id }) => id === owner)?.line;
    const drag = (event: PointerEvent) => {
      event.stopPropagation();
      onDrag(event, owner);
    };
    return (
      <div key={owner}>
        {line ? (
          <div
            data-pivot-line={owner}
            title="Drag it to behind another step"
            style={gripOf(line)}
            onPointerDown={drag}
            className={`nodrag nopan pointer-events-auto absolute ${layout.direction === 'down' ? 'cursor-row-resize' : 'cursor-col-resize'}`}
          />
        ) : null}
        <div
          className="nodrag nopan pointer-events-auto absolute"
          style={{ left: x, top: y, width, height: height + 4 }}
          onPointerDown={drag}
        >
          <Menu
            open={open === owner}
            // A press would open it before it is known whether it is a drag.
            onOpenChange={(next) => (next ? undefined : setOpen(null))}
            trigger={
              <button
                type="button"
                tabIndex={-1}
                aria-label={`Point of no return, behind '${titleOf(findNode(draft, owner)!)}'`}
                onClick={() => setOpen(owner)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' && event.key !== ' ') return;
                  event.preventDefault();
                  setOpen(owner);
                }}
                className="h-full w-full cursor-grab rounded-sm hover:ring-2 hover:ring-mark focus-visible:ring-2 focus-visible:ring-ink"
              />
            }
          >
            <MenuLabel>The point of no return is behind</MenuLabel>
            {pivotChoices(draft, owner).map(({ id, whyNot }) => (
              <MenuItem
                key={id}
                icon={<Check aria-hidden className={id === owner ? undefined : 'invisible'} />}
                disabled={whyNot !== null}
                description={whyNot ?? undefined}
                onSelect={() => (id === owner ? undefined : onEdit(pivotAt(draft, id), id))}
              >
                {titleOf(findNode(draft, id)!)}
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuItem danger onSelect={() => onEdit(noPivot(draft, owner), owner)}>
              Remove the point of no return
            </MenuItem>
          </Menu>
        </div>
      </div>
    );
  });
}

function gripOf([from, to]: PivotLine['line']) {
  return { left: from.x - GRIP, top: from.y - GRIP, width: to.x - from.x + 2 * GRIP, height: to.y - from.y + 2 * GRIP };
}
