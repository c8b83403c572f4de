/** What an example shows on the run page (registry.tsx). */
import type { ComponentType } from 'react';
import type { RunView } from '@/components/runs/run-view';

export interface ExamplePanelProps {
  view: RunView;
  /** By which the services keep their books: `keyOf` of the run's input. */
  booksKey: string;
  onSelect: (nodeId: string) => void;
}
export interface ExamplePanel {
  label: string;
  /** Null where this run has nothing that could be looked up. */
  keyOf(input: unknown): string | null;
  Panel: ComponentType<ExamplePanelProps>;
}
