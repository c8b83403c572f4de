/** Travel booking: everything at once, and all or nothing; only the car may be missing. */
import { drawerFor, expr } from '../services/draw';
import { MONEY, scenarioField, scenariosOf, text } from '../services/fields';
import { TRAVEL } from './travel';

const { effect } = drawerFor(TRAVEL, 'input.tripId');
const traveller = expr('input.traveller');
const days = { from: expr('input.from'), to: expr('input.to') };
const car = (id: string, rental: string) => ({
  id: `${id}-branch`,
  title: rental,
  steps: [effect('reserveCar', { id, title: `Reserve at ${rental}`, input: { rental, ...days }, unknown: 'undo' })],
});

const scenario = scenariosOf('tripId', 'trip', 3_001, {
  traveller: 'Grace Murray',
  email: 'grace@example.com',
  home: 'Berlin',
  city: 'Lisbon',
  from: '2027-03-04',
  to: '2027-03-07',
  amount: 84_200,
  currency: 'EUR',
});

export const TRAVEL_BOOKING_DOCUMENT = {
  format: 2,
  name: 'travel-booking',
  title: 'Travel booking',
  description:
    'Books hotel, flight and car at the same time. If one of them fails, the others are cancelled; only the car may be missing.',
  input: {
    type: 'object',
    title: 'Trip',
    required: ['tripId', 'traveller', 'email', 'home', 'city', 'from', 'to', 'amount', 'currency', 'scenario'],
    additionalProperties: false,
    properties: {
      tripId: text('Trip', { maxLength: 200 }),
      traveller: text('Traveller'),
      email: text('E-mail', { format: 'email', maxLength: 320 }),
      home: text('From'),
      city: text('To'),
      from: text('First day', { format: 'date' }),
      to: text('Last day', { format: 'date' }),
      ...MONEY,
      scenario: scenarioField(TRAVEL, 'For this trip only.'),
    },
  },
  output: {
    type: 'object',
    required: ['ticketNumber', 'hasCar'],
    properties: {
      ticketNumber: { type: 'string', title: 'Ticket', primary: true },
      hasCar: { type: 'boolean', title: 'With a car' },
    },
  },
  variables: { hasCar: { schema: { type: 'boolean', title: 'With a car' }, initial: true } },
  rollback: { onFailure: 'ask' },
  steps: [
    {
      id: 'book-all',
      kind: 'parallel',
      title: 'Book all at once',
      unwind: 'reverse',
      branches: [
        {
          id: 'hotel',
          title: 'Hotel',
          steps: [
            effect('bookHotel', {
              id: 'book-hotel',
              title: 'Book the hotel',
              input: { city: expr('input.city'), ...days, traveller },
            }),
          ],
        },
        {
          id: 'flight',
          title: 'Flight',
          steps: [
            effect('bookFlight', {
              id: 'book-flight',
              title: 'Book the flight',
              input: { from: expr('input.home'), city: expr('input.city'), day: expr('input.from'), traveller },
            }),
          ],
        },
        {
          id: 'car',
          title: 'Car',
          steps: [
            {
              id: 'first-car',
              kind: 'race',
              title: 'The first free car',
              note: 'Both rentals are asked. The car of the slower one is given back.',
              branches: [car('city-car', 'City Cars'), car('road-car', 'Road Runner')],
              catch: [
                {
                  id: 'without-car',
                  types: [],
                  scope: 'undo',
                  then: [{ id: 'no-car', kind: 'set', title: 'Go without a car', values: { hasCar: false } }],
                },
              ],
            },
          ],
        },
      ],
    },
    effect('chargeCard', {
      id: 'charge-card',
      title: 'Charge the card',
      input: { amount: expr('input.amount'), currency: expr('input.currency') },
    }),
    effect('issueTickets', {
      id: 'issue-tickets',
      title: 'Issue the tickets',
      note: 'The point of no return: issued tickets are not taken back.',
      input: { flightId: expr('bookFlight.flightId'), hotelId: expr('bookHotel.hotelId') },
      more: { pivot: true },
    }),
    effect('sendItinerary', {
      id: 'send-itinerary',
      title: 'Send the itinerary',
      input: { to: expr('input.email'), ticketNumber: expr('issueTickets.ticketNumber') },
      more: { catch: [{ id: 'without-mail', types: [], scope: 'keep', then: [] }] },
    }),
    {
      id: 'done',
      kind: 'end',
      title: 'Booked',
      output: { ticketNumber: expr('issueTickets.ticketNumber'), hasCar: expr('hasCar') },
    },
  ],
  scenarios: [
    scenario(
      'goes-well',
      'Goes well',
      'Hotel, flight and one car are booked, the card is charged, the tickets are issued.'
    ),
    scenario('flight-sold-out', 'Flight sold out', 'The hotel and the car are cancelled; the card is not charged.'),
    scenario(
      'hotel-answer-lost',
      'Answer of the hotel lost',
      'The hotel is booked, but the answer never arrives. The second attempt has the same key, so it is one room.'
    ),
    scenario('one-car-left', 'One rental is full', 'City Cars has no car, so the race goes on with Road Runner.'),
    scenario('no-car', 'No car at all', 'Both rentals are full. The trip is booked without a car.'),
    scenario('card-declined', 'Card declined', 'Hotel, flight and car are given back, the last booked first.'),
    scenario(
      'cancel-fails',
      'Cancelling fails too',
      'The card is declined, and the airline does not take the flight back. The run asks an operator.'
    ),
    scenario(
      'tickets-late',
      'Tickets after the timeout',
      'Every attempt times out, and then the tickets are issued after all. The run looks it up before it continues.'
    ),
  ],
};
