'use client';

import { Tabs as Radix } from 'radix-ui';
import { memo, type ReactNode } from 'react';
import { cn } from './cn';

export interface TabItem<V extends string = string> {
  value: V;
  label: ReactNode;
  /** A number next to the label; 0 is shown, null is not. */
  count?: number | null;
  content: ReactNode;
}

/** Controlled: the page keeps the selected tab in its URL. Only the selected panel is mounted. */
export function Tabs<V extends string>({
  value,
  onValueChange,
  items,
  label,
  extra,
  dense = false,
  className,
  panelClassName,
}: {
  value: V;
  onValueChange: (value: V) => void;
  items: readonly TabItem<V>[];
  label: string;
  /** Shown at the right end of the bar. */
  extra?: ReactNode;
  /** Many tabs in a narrow panel. */
  dense?: boolean;
  className?: string;
  panelClassName?: string;
}) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => onValueChange(next as V)}
      className={cn('flex min-h-0 flex-col', className)}
    >
      <div className="flex items-center gap-3 border-b border-hairline pr-2">
        <TabList label={label} items={items} dense={dense} />
        {extra}
      </div>
      {items.map((item) => (
        <Radix.Content
          key={item.value}
          value={item.value}
          // What is for screen readers alone belongs to the panel: otherwise it would make the whole page longer.
          className={cn('relative min-h-0 flex-1 -outline-offset-2', panelClassName)}
        >
          {item.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

interface TabListProps {
  label: string;
  items: readonly TabItem[];
  dense: boolean;
}
/** It is not drawn again because of what the panels contain. */
const TabList = memo(
  function TabList({ label, items, dense }: TabListProps) {
    return (
      <Radix.List aria-label={label} className={cn('flex min-w-0 flex-1 overflow-x-auto px-2', !dense && 'gap-1')}>
        {items.map((item) => (
          <Radix.Trigger
            key={item.value}
            value={item.value}
            className={cn(
              'relative inline-flex h-9 pointer-coarse:h-11 shrink-0 items-center gap-1.5 text-sm text-ink-2 transition-colors -outline-offset-2 hover:text-ink data-[state=active]:font-medium data-[state=active]:text-ink data-[state=active]:after:absolute data-[state=active]:after:inset-x-2 data-[state=active]:after:bottom-0 data-[state=active]:after:h-0.5 data-[state=active]:after:bg-ink',
              dense ? 'px-1.5' : 'px-2'
            )}
          >
            {/* As wide as when it is selected, so that no tab moves. */}
            <span
              data-label={typeof item.label === 'string' ? item.label : undefined}
              className="flex flex-col before:invisible before:h-0 before:overflow-hidden before:font-medium before:content-[attr(data-label)]"
            >
              {item.label}
            </span>
            {item.count === null || item.count === undefined ? null : (
              <span className="figures rounded-sm bg-ink/8 px-1 text-2xs text-ink-2">{item.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
    );
  },
  (a, b) =>
    a.label === b.label &&
    a.dense === b.dense &&
    a.items.length === b.items.length &&
    a.items.every((item, index) =>
      (['value', 'label', 'count'] as const).every((key) => item[key] === b.items[index]![key])
    )
);
