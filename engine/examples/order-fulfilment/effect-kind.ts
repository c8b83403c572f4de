/** What the shop can do for an order. */
export type EffectKind = 'reservation' | 'payment' | 'shipment' | 'mail';

export const KIND_TITLES: Readonly<Record<EffectKind, string>> = {
  reservation: 'Reservation',
  payment: 'Payment',
  shipment: 'Parcel',
  mail: 'Mail',
};
