'use client';

import { Dialog } from './dialog';
import { shownKeys } from './mod-key';
import { Keys } from './surface';

/** The dialog that `?` opens: the keyboard shortcuts of this page. */
export function KeysDialog({
  open,
  onOpenChange,
  keys,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  keys: readonly { keys: readonly string[]; does: string }[];
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys on this page">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-6 gap-y-2 text-sm">
        {keys.map(({ keys: names, does }) => (
          <div key={does} className="contents">
            <dt>
              <Keys keys={shownKeys(names)} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
