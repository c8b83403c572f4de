import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { CLOUD } from './cloud';
import { ENVIRONMENT_DOCUMENT } from './document';

export const ENVIRONMENT_PROVISIONING: Template = {
  name: ENVIRONMENT_DOCUMENT.name,
  title: ENVIRONMENT_DOCUMENT.title,
  document: ENVIRONMENT_DOCUMENT,
  connections: [connectionOf(CLOUD)],
  summary:
    'Creates a network, a database and a cluster, waits until the application is healthy, and deletes it all if it is not.',
  teaches: ['Rollback in order', 'Loop with a limit', 'Branches undone together'],
  lookAt: [
    {
      title: 'A rollback in the right order',
      text:
        'In ‘Never healthy’ the run deletes what it has created: first the name, then database and application at the same ' +
        'time, and the network last, because the others are in it.',
    },
    {
      title: 'A loop that ends',
      text:
        'The health is checked at most five times. In ‘Slow start’ the third check succeeds; the timeline shows each round ' +
        'with the wait before it.',
    },
    {
      title: 'Nothing is created twice',
      text: 'In ‘Answer lost’ the database exists, but the run does not know it. The second attempt finds the same database.',
    },
  ],
};
