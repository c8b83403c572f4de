'use client';

/** Beside the drawing: what can be inserted, or the outline of what is there. */
import { useState, type ComponentProps } from 'react';
import { useCommands } from '@/components/commands/commands';
import { Tabs } from '@/components/ui/tabs';
import { OutlinePanel } from './outline/outline-panel';
import { PalettePanel } from './palette-panel';

interface LeftPanelProps {
  palette: ComponentProps<typeof PalettePanel>;
  outline: ComponentProps<typeof OutlinePanel>;
}

export function LeftPanel({ palette, outline }: LeftPanelProps) {
  const [tab, setTab] = useState<'palette' | 'outline'>('palette');
  useCommands(() => [
    { id: 'show-outline', group: 'Show', title: 'Outline of the flow', words: ['tree'], run: () => setTab('outline') },
    { id: 'show-palette', group: 'Show', title: 'Palette', words: ['insert'], run: () => setTab('palette') },
  ]);
  return (
    <Tabs
      label="Beside the drawing"
      value={tab}
      onValueChange={setTab}
      dense
      className="h-full bg-card"
      items={[
        { value: 'palette', label: 'Palette', content: <PalettePanel {...palette} /> },
        { value: 'outline', label: 'Outline', content: <OutlinePanel {...outline} /> },
      ]}
    />
  );
}
