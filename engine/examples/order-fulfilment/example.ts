/** The order saga and its shop, as the web knows them (../registry.ts). */
import type { Example } from '../example';
import { SHOP, SHOP_OPERATIONS } from './connection';
import document from './order-fulfilment.flow.json';

const CONNECTION = 'shop=';

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
  services: 'example shop',
  booksUrl({ BACKSTITCH_SHOP, BACKSTITCH_SHOP_PORT = '3100', BACKSTITCH_CONNECTIONS = '' }, order) {
    if (BACKSTITCH_SHOP === 'off') return null;
    const named = BACKSTITCH_CONNECTIONS.split(',').find((each) => each.startsWith(CONNECTION));
    const url = new URL('/ledger', named?.slice(CONNECTION.length) ?? `http://127.0.0.1:${BACKSTITCH_SHOP_PORT}`);
    if (order) url.searchParams.set('order', order);
    return url;
  },
};
