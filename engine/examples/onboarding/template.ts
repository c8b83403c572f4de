import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { ONBOARDING_DOCUMENT } from './document';
import { PERSONNEL } from './personnel';

export const ONBOARDING: Template = {
  name: ONBOARDING_DOCUMENT.name,
  title: ONBOARDING_DOCUMENT.title,
  document: ONBOARDING_DOCUMENT,
  connections: [connectionOf(PERSONNEL)],
  summary: 'Offers a contract, reminds every few days until it is signed, and takes everything back if it never is.',
  teaches: ['Signal', 'Waits over days', 'Race inside a loop'],
  lookAt: [
    {
      title: 'A run that waits for days',
      text:
        'Start ‘Waits for a signature’ and leave it. It survives every restart, and needs no memory while it waits. Send the ' +
        'signal ‘The contract was signed’, and it goes on at once.',
    },
    {
      title: 'A signature or a reminder',
      text:
        'Each round is a race: the signature or some days, whichever comes first. Start ‘Reminders every few seconds’ to see ' +
        'four reminders, and then the question whether there is a signature on paper.',
    },
    {
      title: 'Taken back',
      text: 'Reject that question: the reminders, the offer, the laptop and the account are undone, the last one first.',
    },
  ],
};
