import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { BANK } from './bank';
import { MONEY_TRANSFER_DOCUMENT } from './document';

export const MONEY_TRANSFER: Template = {
  name: MONEY_TRANSFER_DOCUMENT.name,
  title: MONEY_TRANSFER_DOCUMENT.title,
  document: MONEY_TRANSFER_DOCUMENT,
  connections: [connectionOf(BANK)],
  summary: 'Holds an amount, pays it into another account and books it, so that money is never lost between two banks.',
  teaches: ['Point of no return', 'Unknown outcome', 'Approval above a limit'],
  lookAt: [
    {
      title: 'The point of no return',
      text:
        'Before the amount is booked, every failure is undone: the payment is recalled and the held amount released. From ' +
        'the booking on, the run only goes forward. Start ‘Advice takes long’ and see it try again until it succeeds.',
    },
    {
      title: 'Did it happen?',
      text:
        'In ‘Paid after the timeout’ the other bank answers too late. The run does not guess: it asks the bank by the key of ' +
        'the payment whether it was made, and continues with the answer.',
    },
    {
      title: 'When the undo fails',
      text:
        'In ‘Release fails too’ the amount cannot be released. The run stops and asks an operator, and the ledger says that ' +
        'the hold remains.',
    },
  ],
};
