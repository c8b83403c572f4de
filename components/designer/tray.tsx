'use client';

/** Steps that were set aside: they are kept with the draft, and do not run. */
import { CornerUpLeft, Trash2 } from 'lucide-react';
import { IconButton } from '@/components/ui/button';
import { KindIcon } from '@/components/canvas/kind-icon';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';

interface TrayProps {
  nodes: readonly DraftNode[];
  readOnly: boolean;
  onPlace: (id: string) => void;
  onDelete: (id: string) => void;
  onDrag: (event: React.PointerEvent, id: string) => void;
}

export function Tray({ nodes, readOnly, onPlace, onDelete, onDrag }: TrayProps) {
  if (nodes.length === 0) return null;
  return (
    <section
      data-tray
      aria-label="Set aside"
      className="flex max-h-28 shrink-0 flex-wrap items-center gap-2 overflow-y-auto border-t border-hairline bg-sunken px-3 py-2"
    >
      <h2 className="text-xs text-ink-2">Set aside, does not run</h2>
      <ul className="flex flex-wrap gap-2">
        {nodes.map((node) => (
          <li
            key={node.id}
            onPointerDown={(event) => (readOnly ? undefined : onDrag(event, node.id))}
            className="flex h-8 cursor-grab items-center gap-2 rounded-md border border-mark/45 bg-card pl-2 pr-1 text-sm"
          >
            <KindIcon node={{ kind: node.kind }} className="size-3.5 text-ink-2" />
            <span className="max-w-48 truncate">{titleOf(node)}</span>
            {readOnly ? null : (
              <>
                <IconButton label={`Put ${titleOf(node)} back`} size="sm" onClick={() => onPlace(node.id)}>
                  <CornerUpLeft aria-hidden />
                </IconButton>
                <IconButton label={`Delete ${titleOf(node)}`} size="sm" onClick={() => onDelete(node.id)}>
                  <Trash2 aria-hidden />
                </IconButton>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
