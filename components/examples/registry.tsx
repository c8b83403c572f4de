/** Panels of examples on the run page: what their services have booked, beside the run's own ledger. Nothing else here names an example. */
import type { ExamplePanel } from './panel';
import { SHOP_PANEL } from './order-fulfilment/shop-panel';

const PANELS: Readonly<Record<string, ExamplePanel>> = { 'order-fulfilment': SHOP_PANEL };

export const examplePanelOf = (flow: string | null): ExamplePanel | null =>
  flow !== null && Object.hasOwn(PANELS, flow) ? (PANELS[flow] ?? null) : null;
