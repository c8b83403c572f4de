'use client';

/** What can be done with the selected node, at its upper right corner. */
import { MoreHorizontal } from 'lucide-react';
import { IconButton } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import type { Box } from '@/engine/flow/layout/layout';
import { ActionItems } from './action-items';
import type { Act } from './actions';

export function NodeMenu({
  box,
  acts,
  onClosed,
}: {
  box: Box;
  acts: ReadonlyMap<string, Act>;
  /** Gives the node the focus: the keys go on there. */
  onClosed: () => void;
}) {
  return (
    <div style={{ left: box.x + box.width - 30, top: box.y - 4 }} className="nodrag nopan pointer-events-auto absolute">
      <Menu
        onClosed={onClosed}
        trigger={
          <IconButton label="What can be done with it" size="sm" tabIndex={-1}>
            <MoreHorizontal aria-hidden />
          </IconButton>
        }
      >
        <ActionItems acts={acts} />
      </Menu>
    </div>
  );
}
