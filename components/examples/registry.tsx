/** Panels of examples on the run page: what their services have booked, beside the run's own ledger. Nothing else here names an example. */
import type { ComponentType } from 'react';
import type { RunView } from '@/components/runs/run-view';
import { SHOP_PANEL } from './order-fulfilment/shop-panel';

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

const PANELS: Readonly<Record<string, ExamplePanel>> = { 'order-fulfilment': SHOP_PANEL };

export const examplePanelOf = (flow: string | null): ExamplePanel | null =>
  flow !== null && Object.hasOwn(PANELS, flow) ? (PANELS[flow] ?? null) : null;
