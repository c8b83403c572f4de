/** What the shop can do for an order. */
export type EffectKind = 'reservation' | 'payment' | 'shipment' | 'mail';
