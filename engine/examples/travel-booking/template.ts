import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { TRAVEL_BOOKING_DOCUMENT } from './document';
import { TRAVEL } from './travel';

export const TRAVEL_BOOKING: Template = {
  name: TRAVEL_BOOKING_DOCUMENT.name,
  title: TRAVEL_BOOKING_DOCUMENT.title,
  document: TRAVEL_BOOKING_DOCUMENT,
  connections: [connectionOf(TRAVEL)],
  summary: 'Books a hotel, a flight and a car at the same time, and gives back what was booked if one of them fails.',
  teaches: ['Parallel branches', 'Race', 'Handled failure'],
  lookAt: [
    {
      title: 'All or nothing',
      text:
        'In ‘Flight sold out’ one branch fails. The others are stopped, and what they have booked is given back, the last ' +
        'booked first. The ledger of the run shows each booking with its end.',
    },
    {
      title: 'The first free car',
      text:
        'Two rentals are asked at the same time. The first one wins, and the car of the other is given back at once. In ' +
        '‘No car at all’ both fail, and the trip goes on without a car.',
    },
    {
      title: 'When giving back fails',
      text: 'In ‘Cancelling fails too’ the airline does not answer. The run stops there and asks an operator what to do.',
    },
  ],
};
