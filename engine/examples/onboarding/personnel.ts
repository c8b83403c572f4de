/** The personnel department: accounts, equipment, contracts and the to-do lists of new people. */
import { count, id, text } from '../services/fields';
import type { Service } from '../services/service';

const down = (message: string) => ({ kind: 'down', message }) as const;

export const PERSONNEL: Service = {
  name: 'personnel',
  title: 'Example personnel department',
  questions: [],
  effects: [
    {
      name: 'createAccount',
      title: 'Create an account',
      path: 'accounts',
      prefix: 'AC',
      input: { properties: { name: text('Name'), email: text('E-mail', { format: 'email' }) } },
      output: { properties: { accountId: id('Account') } },
      answer: (_request, accountId) => ({ accountId }),
      undo: { name: 'closeAccount', title: 'Close the account', armed: 'attempted' },
      lookup: { name: 'findAccount', title: 'Find out whether the account exists' },
    },
    {
      name: 'orderLaptop',
      title: 'Order a laptop',
      path: 'laptops',
      prefix: 'LT',
      input: { properties: { model: text('Model') } },
      output: { properties: { laptopId: id('Order of the laptop') } },
      answer: (_request, laptopId) => ({ laptopId }),
      undo: { name: 'cancelLaptop', title: 'Cancel the laptop', armed: 'completed' },
      lookup: { name: 'findLaptop', title: 'Find out whether the laptop is ordered' },
    },
    {
      name: 'offerContract',
      title: 'Offer a contract',
      path: 'offers',
      prefix: 'OF',
      input: {
        properties: { email: text('E-mail', { format: 'email' }), startsOn: text('First day', { format: 'date' }) },
      },
      output: { properties: { offerId: id('Offer') } },
      answer: (_request, offerId) => ({ offerId }),
      undo: { name: 'withdrawOffer', title: 'Withdraw the offer', armed: 'completed' },
      lookup: { name: 'findOffer', title: 'Find out whether the contract was offered' },
    },
    {
      name: 'remind',
      title: 'Put a reminder on the to-do list',
      path: 'reminders',
      prefix: 'RM',
      input: { properties: { offerId: text('Offer'), number: count('Number') } },
      output: { properties: { reminderId: id('Reminder') } },
      answer: (_request, reminderId) => ({ reminderId }),
      undo: { name: 'removeReminder', title: 'Remove the reminder', armed: 'completed' },
      lookup: { name: 'findReminder', title: 'Find out whether the reminder is there' },
    },
    {
      name: 'recordContract',
      title: 'Record the signed contract',
      path: 'contracts',
      prefix: 'CT',
      input: { properties: { offerId: text('Offer') } },
      output: { properties: { contractId: id('Contract') } },
      answer: (_request, contractId) => ({ contractId }),
      lookup: { name: 'findContract', title: 'Find out whether the contract is recorded' },
    },
    {
      name: 'sendWelcome',
      title: 'Send the welcome mail',
      path: 'welcomes',
      prefix: 'WL',
      input: { properties: { to: text('To', { format: 'email' }) } },
      output: { properties: { mailId: id('Mail') } },
      answer: (_request, mailId) => ({ mailId }),
      lookup: { name: 'findWelcome', title: 'Find out whether the welcome mail was sent' },
    },
  ],
  scenarios: {
    'goes-well': [],
    'no-laptop': [
      {
        of: 'orderLaptop',
        call: 'do',
        fault: { kind: 'refuse', status: 409, reason: 'SoldOut', message: 'This model cannot be delivered.' },
      },
    ],
    'answer-lost': [{ of: 'createAccount', call: 'do', attempts: 1, fault: { kind: 'loseAnswer' } }],
    'cancelling-fails': [{ of: 'orderLaptop', call: 'undo', fault: down('The laptop is on its way.') }],
  },
};
