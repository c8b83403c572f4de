'use client';

/** Panels that can be resized. Each group stores its sizes in this browser under its own name. */
import type { ReactNode } from 'react';
import { Group, Panel, Separator, useDefaultLayout, type LayoutStorage } from 'react-resizable-panels';
import { cn } from './cn';

const storage: LayoutStorage = {
  getItem: (key) => {
    try {
      return typeof localStorage === 'undefined' ? null : localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem: (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      /* If the browser forbids storage, sizes are lost; nothing else depends on them. */
    }
  },
};

export interface PanelItem {
  id: string;
  /** '60%' or '320px'. */
  defaultSize: string;
  minSize?: string;
  content: ReactNode;
}

export function Panels({
  name,
  items,
  orientation = 'horizontal',
  className,
}: {
  /** A constant name: the sizes are stored under it. */
  name: string;
  items: readonly PanelItem[];
  orientation?: 'horizontal' | 'vertical';
  className?: string;
}) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: `backstitch-panels-${name}`,
    panelIds: items.map((item) => item.id),
    storage,
  });
  return (
    <Group
      id={name}
      orientation={orientation}
      defaultLayout={defaultLayout}
      onLayoutChanged={onLayoutChanged}
      className={cn('min-h-0', className)}
    >
      {items.flatMap((item, index) => [
        ...(index > 0
          ? [
              <Separator
                key={`${item.id}-handle`}
                aria-label="Resize panels"
                className={cn(
                  'relative bg-hairline transition-colors hover:bg-mark focus-visible:bg-ink focus-visible:outline-none data-[separator=active]:bg-ink',
                  orientation === 'horizontal' ? 'w-px' : 'h-px'
                )}
              />,
            ]
          : []),
        <Panel key={item.id} id={item.id} defaultSize={item.defaultSize} minSize={item.minSize ?? '15%'}>
          {item.content}
        </Panel>,
      ])}
    </Group>
  );
}
