/**
 * The ledger of the example shop for one order, as its service reports it; the web passes it on without reading it.
 */
export interface ShopLedger {
  orderId: string | null;
  ledger: unknown;
  readAtMs: number;
}
