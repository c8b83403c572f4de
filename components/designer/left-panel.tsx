'use client';

/**
 * What can be inserted, and the outline of what is there: beside the drawing, or in a drawer where there is no room for
 * a third panel.
 *
 * Rules
 * [LEF1] At every width the header and the command menu open both of them.
 * [LEF2] What is pressed in the drawer closes it: a step is inserted behind the selected one, or has the focus in the
 *        drawing.
 */
import { useRef, useState, type ComponentProps } from 'react';
import { useCommands } from '@/components/commands/commands';
import { Sheet } from '@/components/ui/dialog';
import { Tabs } from '@/components/ui/tabs';
import { OutlinePanel } from './outline/outline-panel';
import { PalettePanel } from './palette-panel';

type LeftTab = 'palette' | 'outline';

export interface LeftPanelState {
  tab: LeftTab;
  onTab: (tab: LeftTab) => void;
  /** Null: the width is not known yet. */
  isShown: boolean | null;
  onShown: (isShown: boolean) => void;
}

/** `wide`: there is room beside the drawing; null: not known yet. */
export function useLeftPanel(wide: boolean | null): LeftPanelState {
  const [tab, onTab] = useState<LeftTab>('palette');
  const [isBeside, setBeside] = useState(true);
  const [isDrawn, setDrawn] = useState(false);
  const onShown = wide ? setBeside : setDrawn;
  const show = (next: LeftTab) => {
    onTab(next);
    onShown(true);
  };
  useCommands(() => [
    { id: 'show-outline', group: 'Show', title: 'Outline of the flow', words: ['tree'], run: () => show('outline') },
    { id: 'show-palette', group: 'Show', title: 'Palette', words: ['insert'], run: () => show('palette') },
  ]);
  return { tab, onTab, isShown: wide === null ? null : wide ? isBeside : isDrawn, onShown };
}

interface LeftPanelProps {
  state: LeftPanelState;
  palette: ComponentProps<typeof PalettePanel>;
  outline: ComponentProps<typeof OutlinePanel>;
}

export function LeftPanel({ state: { tab, onTab }, palette, outline }: LeftPanelProps) {
  return (
    <Tabs
      label="Beside the drawing"
      value={tab}
      onValueChange={onTab}
      dense
      className="h-full bg-card"
      items={[
        { value: 'palette', label: 'Palette', content: <PalettePanel {...palette} /> },
        { value: 'outline', label: 'Outline', content: <OutlinePanel {...outline} /> },
      ]}
    />
  );
}

/** Nothing is dragged out of the drawer, because it covers the drawing. */
export function LeftDrawer({ state, palette, outline }: LeftPanelProps) {
  const then = useRef<(() => void) | null>(null);
  const closeAnd = (run: () => void) => {
    then.current = run;
    state.onShown(false);
  };
  return (
    <Sheet
      side="left"
      open={state.isShown === true}
      onOpenChange={state.onShown}
      title={state.tab === 'palette' ? 'Insert a step' : 'Steps of the flow'}
      firstFocus={(dialog) =>
        // A search field would open the keyboard of a phone.
        dialog.querySelector<HTMLElement>('[role="tree"]') ??
        dialog.querySelector<HTMLElement>('[role="tab"][data-state="active"]')
      }
      onCloseAutoFocus={(event) => {
        const run = then.current;
        then.current = null;
        if (!run) return;
        event.preventDefault();
        run();
      }}
    >
      <div className="-mx-5 -my-4 h-[calc(100%+2rem)] border-t border-hairline">
        <LeftPanel
          state={state}
          palette={{ ...palette, onDrag: undefined, onInsert: (item) => closeAnd(() => palette.onInsert(item)) }}
          outline={{ ...outline, pressGoes: true, onGo: (id) => closeAnd(() => outline.onGo(id)) }}
        />
      </div>
    </Sheet>
  );
}
