import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { EXPENSE_APPROVAL_DOCUMENT } from './document';
import { FINANCE } from './finance';

export const EXPENSE_APPROVAL: Template = {
  name: EXPENSE_APPROVAL_DOCUMENT.name,
  title: EXPENSE_APPROVAL_DOCUMENT.title,
  document: EXPENSE_APPROVAL_DOCUMENT,
  connections: [connectionOf(FINANCE)],
  summary: 'Asks the manager, and after a while the head of the department too, before a claim is paid or closed.',
  teaches: ['Approval', 'Named decisions', 'Several people', 'Escalation', 'A decision that ends the flow'],
  lookAt: [
    {
      title: 'Two people, one decision',
      text:
        'In ‘The manager does not answer’ a second question appears in Approvals after five seconds. Answer either of them: ' +
        'the other one is taken back.',
    },
    {
      title: 'A rejection is no failure',
      text: 'Reject the claim with a reason. The run completes, the claim is closed, and nothing was paid.',
    },
    {
      title: 'A decision with a value',
      text: 'In ‘The manager decides’ choose ‘Pay less’ and enter an amount. This amount is paid.',
    },
    {
      title: 'Paid once',
      text: 'In ‘Answer lost’ the payment is called twice with the same key. The books of the department show one payment.',
    },
  ],
};
