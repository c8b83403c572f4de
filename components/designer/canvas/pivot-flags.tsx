'use client';

/**
 * The flag of a point of no return as a button: which step it is behind is chosen where it is drawn. P does it by keys.
 */
import { Check } from 'lucide-react';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { useSeen } from '@/components/canvas/seen';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import { noPivot, pivotAt, pivotChoices } from './pivot-moves';

interface PivotFlagsProps {
  layout: FlowLayout;
  draft: Draft;
  /** `select`: the step that has it then. */
  onEdit: (operations: Operation[], select: string) => void;
}

export function PivotFlags({ layout, draft, onEdit }: PivotFlagsProps) {
  const isSeen = useSeen(layout);
  return layout.labels
    .filter((label) => label.role === 'pivot' && isSeen(label) && findNode(draft, label.owner))
    .map(({ owner, x, y, width, height }) => (
      <div
        key={owner}
        className="nodrag nopan pointer-events-auto absolute"
        style={{ left: x, top: y, width, height: height + 4 }}
        onPointerDown={(event) => event.stopPropagation()}
      >
        <Menu
          trigger={
            <button
              type="button"
              tabIndex={-1}
              aria-label={`Point of no return, behind '${titleOf(findNode(draft, owner)!)}'`}
              className="h-full w-full rounded-sm hover:ring-2 hover:ring-mark focus-visible:ring-2 focus-visible:ring-ink"
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
    ));
}
