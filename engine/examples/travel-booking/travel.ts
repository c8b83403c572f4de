/** The travel desk: hotels, flights, two car rentals and the card of the traveller. */
import { id, MONEY, text } from '../services/fields';
import type { Service } from '../services/service';

const days = { from: text('From', { format: 'date' }), to: text('To', { format: 'date' }) };
const refuse = (reason: string, message: string, status = 409) =>
  ({ kind: 'refuse', status, reason, message }) as const;
const DECLINED = refuse('CardDeclined', 'The card was declined by its bank.', 402);

export const TRAVEL: Service = {
  name: 'travel',
  title: 'Example travel desk',
  questions: [],
  effects: [
    {
      name: 'bookHotel',
      title: 'Book a hotel',
      path: 'hotels',
      prefix: 'HT',
      input: { properties: { city: text('City'), ...days, traveller: text('Traveller') } },
      output: { properties: { hotelId: id('Hotel booking'), hotel: text('Hotel') } },
      answer: ({ city }, hotelId) => ({ hotelId, hotel: `Station Hotel ${String(city)}` }),
      undo: { name: 'cancelHotel', title: 'Cancel the hotel', armed: 'completed' },
      lookup: { name: 'findHotel', title: 'Find out whether the hotel is booked' },
    },
    {
      name: 'bookFlight',
      title: 'Book a flight',
      path: 'flights',
      prefix: 'FL',
      input: {
        properties: {
          from: text('From'),
          city: text('To'),
          day: text('Day', { format: 'date' }),
          traveller: text('Traveller'),
        },
      },
      output: { properties: { flightId: id('Flight booking'), flight: text('Flight') } },
      answer: (_request, flightId) => ({ flightId, flight: 'BS 714' }),
      undo: { name: 'cancelFlight', title: 'Cancel the flight', armed: 'completed' },
      lookup: { name: 'findFlight', title: 'Find out whether the flight is booked' },
    },
    {
      name: 'reserveCar',
      title: 'Reserve a car',
      path: 'cars',
      prefix: 'CR',
      input: { properties: { rental: text('Rental', { enum: ['City Cars', 'Road Runner'] }), ...days } },
      output: { properties: { carId: id('Reservation of the car'), rental: text('Rental') } },
      answer: ({ rental }, carId) => ({ carId, rental }),
      undo: { name: 'returnCar', title: 'Give the car back', armed: 'attempted' },
      lookup: { name: 'findCar', title: 'Find out whether the car is reserved' },
    },
    {
      name: 'chargeCard',
      title: 'Charge the card',
      path: 'charges',
      prefix: 'CH',
      input: { properties: MONEY },
      output: { properties: { chargeId: id('Charge'), ...MONEY } },
      answer: ({ amount, currency }, chargeId) => ({ chargeId, amount, currency }),
      undo: { name: 'refundCard', title: 'Refund the card', armed: 'completed' },
      lookup: { name: 'findCharge', title: 'Find out whether the card was charged' },
    },
    {
      name: 'issueTickets',
      title: 'Issue the tickets',
      path: 'tickets',
      prefix: 'TK',
      input: { properties: { flightId: text('Flight booking'), hotelId: text('Hotel booking') } },
      output: { properties: { ticketNumber: id('Ticket') } },
      answer: (_request, ticketNumber) => ({ ticketNumber }),
      lookup: { name: 'findTickets', title: 'Find out whether the tickets were issued' },
    },
    {
      name: 'sendItinerary',
      title: 'Send the itinerary',
      path: 'itineraries',
      prefix: 'IT',
      input: { properties: { to: text('To', { format: 'email' }), ticketNumber: text('Ticket') } },
      output: { properties: { mailId: id('Mail') } },
      answer: (_request, mailId) => ({ mailId }),
      lookup: { name: 'findItinerary', title: 'Find out whether the itinerary was sent' },
    },
  ],
  scenarios: {
    'goes-well': [],
    'flight-sold-out': [{ of: 'bookFlight', call: 'do', fault: refuse('SoldOut', 'The flight is sold out.') }],
    'hotel-answer-lost': [{ of: 'bookHotel', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'one-car-left': [
      { of: 'reserveCar', call: 'do', where: { rental: 'City Cars' }, fault: refuse('NoCar', 'City Cars has no car.') },
    ],
    'no-car': [{ of: 'reserveCar', call: 'do', fault: refuse('NoCar', 'There is no car for these days.') }],
    'card-declined': [{ of: 'chargeCard', call: 'do', fault: DECLINED }],
    'cancel-fails': [
      { of: 'chargeCard', call: 'do', fault: DECLINED },
      { of: 'bookFlight', call: 'undo', fault: { kind: 'down', message: 'The airline does not answer.' } },
    ],
    'tickets-late': [{ of: 'issueTickets', call: 'do', fault: { kind: 'late' } }],
  },
};
