/** The example shop's ledger, as its service reports it for one order; the web passes it on unread. */
export interface ShopLedger {
  orderId: string | null;
  ledger: unknown;
  readAtMs: number;
}
