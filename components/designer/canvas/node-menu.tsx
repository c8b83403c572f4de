'use client';

/** What can be done with the selected node, at its upper right corner. */
import { MoreHorizontal } from 'lucide-react';
import { memo, useState } from 'react';
import { IconButton } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import type { Box } from '@/engine/flow/layout/layout';
import { ActionItems } from './action-items';
import type { Act } from './actions';

interface ActsMenuProps {
  /** The newest ones. */
  acts: () => ReadonlyMap<string, Act>;
  /** Gives the node the focus: the keys go on there. */
  onClosed: () => void;
}

export function NodeMenu({ box, ...menu }: ActsMenuProps & { box: Box }) {
  return (
    <div style={{ left: box.x + box.width - 30, top: box.y - 4 }} className="nodrag nopan pointer-events-auto absolute">
      <ActsMenu {...menu} />
    </div>
  );
}

/** It is not drawn again when the node moves. */
const ActsMenu = memo(function ActsMenu({ acts, onClosed }: ActsMenuProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu
      open={isOpen}
      onOpenChange={setOpen}
      onClosed={onClosed}
      trigger={
        <IconButton label="What can be done with it" size="sm" tabIndex={-1}>
          <MoreHorizontal aria-hidden />
        </IconButton>
      }
    >
      {isOpen ? <ActionItems acts={acts} /> : null}
    </Menu>
  );
});
