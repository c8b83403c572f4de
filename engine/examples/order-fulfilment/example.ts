/** The order saga and its shop, as the web knows them (../registry.ts). */
import type { Bookkeeper } from '../bookkeeper';
import type { Example } from '../example';
import { SHOP, SHOP_OPERATIONS } from './connection';
import document from './order-fulfilment.flow.json';

export const ORDER_FULFILMENT: Example = {
  flow: document.name,
  document,
  connection: { connection: SHOP, operations: SHOP_OPERATIONS },
  offer: {
    title: 'Start with an order that can go wrong',
    text:
      'The example reserves goods, charges a card, books a parcel and sends a mail. It calls a small shop that is part of ' +
      'Backstitch. Choose a declined card, a carrier that is down or a lost answer, and watch the run undo its effects.',
  },
};

/** Its keys are those of orders. */
export const SHOP_BOOKS: Bookkeeper = {
  connection: SHOP.name,
  title: SHOP.title,
  reference: 'orderId',
  address: SHOP.name,
  path: '/ledger',
  parameter: 'order',
};
