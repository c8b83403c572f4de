/** Onboarding: an offer waits for a signature, with a reminder every few days, until somebody has to decide. */
import { drawerFor, expr } from '../services/draw';
import { DAY_MS, durationField, scenarioField, scenariosOf, text } from '../services/fields';
import { PERSONNEL } from './personnel';

const { effect } = drawerFor(PERSONNEL, 'input.personId');

const scenario = scenariosOf('personId', 'person', 7_001, {
  name: 'Grace Murray',
  email: 'grace@example.com',
  startsOn: '2027-01-04',
  laptop: 'Slim 14',
  remindEvery: 3 * DAY_MS,
});

export const ONBOARDING_DOCUMENT = {
  format: 2,
  name: 'onboarding',
  title: 'Onboarding with reminders',
  description:
    'Prepares account and laptop, offers the contract and waits for the signature, with a reminder every few days. Without a signature everything is taken back.',
  input: {
    type: 'object',
    title: 'New colleague',
    required: ['personId', 'name', 'email', 'startsOn', 'laptop', 'remindEvery', 'scenario'],
    additionalProperties: false,
    properties: {
      personId: text('Person', { maxLength: 200 }),
      name: text('Name', { primary: true }),
      email: text('E-mail', { format: 'email', maxLength: 320 }),
      startsOn: text('First day', { format: 'date' }),
      laptop: text('Laptop', { enum: ['Slim 14', 'Power 16'], default: 'Slim 14' }),
      remindEvery: durationField('Time between reminders', 3 * DAY_MS),
      scenario: scenarioField(PERSONNEL, 'For this person only.'),
    },
  },
  output: {
    type: 'object',
    required: ['contractId', 'reminders'],
    properties: {
      contractId: { type: 'string', title: 'Contract', primary: true },
      reminders: { type: 'integer', title: 'Reminders' },
    },
  },
  signals: {
    contractSigned: {
      title: 'The contract was signed',
      schema: {
        type: 'object',
        required: ['signatureId', 'signedBy'],
        additionalProperties: false,
        properties: { signatureId: text('Signature'), signedBy: text('Signed by') },
      },
      key: 'argument.signatureId',
    },
  },
  variables: {
    isSigned: { schema: { type: 'boolean', title: 'Signed' }, initial: false },
    reminders: { schema: { type: 'integer', title: 'Reminders' }, initial: 0 },
  },
  queries: {
    progress: {
      title: 'Progress',
      result: { isSigned: expr('isSigned'), reminders: expr('reminders') },
      schema: {
        type: 'object',
        properties: {
          isSigned: { type: 'boolean', title: 'Signed' },
          reminders: { type: 'integer', title: 'Reminders' },
        },
      },
    },
  },
  rollback: { onFailure: 'ask' },
  steps: [
    effect('createAccount', {
      id: 'create-account',
      title: 'Create the account',
      input: { name: expr('input.name'), email: expr('input.email') },
      unknown: 'undo',
    }),
    effect('orderLaptop', { id: 'order-laptop', title: 'Order the laptop', input: { model: expr('input.laptop') } }),
    effect('offerContract', {
      id: 'offer-contract',
      title: 'Offer the contract',
      input: { email: expr('input.email'), startsOn: expr('input.startsOn') },
    }),
    {
      id: 'until-signed',
      kind: 'repeat',
      title: 'Until it is signed',
      until: 'isSigned',
      most: 4,
      steps: [
        {
          id: 'signature-or-reminder',
          kind: 'race',
          title: 'Signature or reminder',
          branches: [
            {
              id: 'signature',
              title: 'Signature',
              steps: [
                {
                  id: 'wait-for-signature',
                  kind: 'waitForSignal',
                  title: 'Wait for the signature',
                  signal: 'contractSigned',
                },
                { id: 'signed', kind: 'set', title: 'Note the signature', values: { isSigned: true } },
              ],
            },
            {
              id: 'reminder',
              title: 'Reminder',
              steps: [
                { id: 'some-days', kind: 'wait', title: 'Some days', duration: expr('input.remindEvery') },
                effect('remind', {
                  id: 'remind',
                  title: 'Remind',
                  input: { offerId: expr('offerContract.offerId'), number: expr('reminders + 1') },
                  note: 'A reminder that cannot be made is left out; the next one follows.',
                  more: { catch: [{ id: 'without-reminder', types: [], scope: 'undo', then: [] }] },
                }),
                { id: 'count', kind: 'set', title: 'Count it', values: { reminders: expr('reminders + 1') } },
              ],
            },
          ],
        },
      ],
      catch: [
        {
          id: 'never-signed',
          types: ['TooManyRounds'],
          scope: 'keep',
          then: [
            {
              id: 'on-paper',
              kind: 'approval',
              title: 'Signed on paper?',
              question: 'There is no signature after four reminders. Is there one on paper?',
              candidates: [],
              data: { name: expr('input.name'), startsOn: expr('input.startsOn'), reminders: expr('reminders') },
              schema: {
                type: 'object',
                properties: {
                  name: text('Name', { primary: true }),
                  startsOn: text('First day', { format: 'date' }),
                  reminders: { type: 'integer', title: 'Reminders' },
                },
              },
              timeout: '7d',
              onTimeout: 'reject',
              requireComment: 'onReject',
            },
          ],
        },
      ],
    },
    effect('recordContract', {
      id: 'record-contract',
      title: 'Record the contract',
      note: 'The point of no return: from here on the person is a colleague.',
      input: { offerId: expr('offerContract.offerId') },
      more: { pivot: true },
    }),
    effect('sendWelcome', {
      id: 'send-welcome',
      title: 'Send the welcome mail',
      input: { to: expr('input.email') },
      more: { catch: [{ id: 'without-mail', types: [], scope: 'keep', then: [] }] },
    }),
    {
      id: 'done',
      kind: 'end',
      title: 'Welcome',
      output: { contractId: expr('recordContract.contractId'), reminders: expr('reminders') },
    },
  ],
  scenarios: [
    scenario(
      'goes-well',
      'Waits for a signature',
      'Send the signal ‘The contract was signed’ on the page of the run. There is a reminder every three days until then.'
    ),
    scenario(
      'impatient',
      'Reminders every few seconds',
      'Nobody signs. After four reminders somebody is asked whether there is a signature on paper.',
      { remindEvery: 3_000, scenario: 'goes-well' }
    ),
    scenario('no-laptop', 'Laptop sold out', 'The laptop cannot be ordered. The account is closed.'),
    scenario(
      'answer-lost',
      'Answer lost',
      'The account is created, but the answer never arrives. The second attempt finds the same account. Then it waits for the signature.'
    ),
    scenario(
      'cancelling-fails',
      'Cancelling fails',
      'Nobody signs, and the laptop cannot be cancelled. The run asks an operator and says what remains.',
      { remindEvery: 2_000 }
    ),
  ],
};
