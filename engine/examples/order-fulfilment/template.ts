import type { Template } from '../template';
import { ORDER_FULFILMENT } from './example';
import document from './order-fulfilment.flow.json';

export const ORDER: Template = {
  name: document.name,
  title: document.title,
  document,
  connections: [ORDER_FULFILMENT.connection],
  summary:
    'Reserves goods, charges a card, sends a parcel and a mail, and undoes all of it if the parcel cannot be sent.',
  teaches: ['Undo of each step', 'Late answers', 'Approval of large orders'],
  lookAt: [
    {
      title: 'The way back',
      text:
        'In ‘Shipment down’ the carrier answers no attempt. The payment is refunded and the goods are released, in the reverse ' +
        'order. The tab ‘Books’ compares the ledger of the run with the books of the shop.',
    },
    {
      title: 'Answers that come too late',
      text: 'In ‘Applies after the timeout’ the card is charged although every attempt timed out. The run looks it up.',
    },
    {
      title: 'When the undo fails',
      text: 'In ‘Refund fails too’ the run asks an operator and lists the effects that remain.',
    },
    {
      title: 'Behind the point of no return',
      text:
        'A parcel that was sent is not called back. If the shop refuses the mail for good, the run fails, and the order ' +
        'remains: the one failure below that leaves an effect behind without a question. The other templates catch such a failure.',
    },
  ],
};
