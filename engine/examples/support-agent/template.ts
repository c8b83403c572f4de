import { connectionOf } from '../services/connection';
import type { Template } from '../template';
import { HELP_DESK } from './assistant';
import { SUPPORT_AGENT_DOCUMENT } from './document';
import { AGENT_MODEL } from './model';

export const SUPPORT_AGENT: Template = {
  name: SUPPORT_AGENT_DOCUMENT.name,
  title: SUPPORT_AGENT_DOCUMENT.title,
  document: SUPPORT_AGENT_DOCUMENT,
  connections: [AGENT_MODEL, connectionOf(HELP_DESK)],
  summary:
    'Lets a model choose tools in a loop, asks a person before a refund, and takes the refund back if the answer fails.',
  teaches: ['Tools over MCP, in a loop', 'A person allows', 'A model is not trusted'],
  lookAt: [
    {
      title: 'The model is a script',
      text:
        'No model is asked: a script plays one, behind the same kind of connection as a real one. Give the connection ' +
        '‘example-model’ the address and the key of a service that speaks the API of OpenAI, and its operation the name of ' +
        'a model: the flow stays as it is.',
    },
    {
      title: 'Tools over MCP',
      text:
        'The tools belong to a small server of the Model Context Protocol that comes with the examples. ‘Test’ on the connection ' +
        '‘example-help-desk’ lists them. The key of the step is sent beside the arguments, so a refund whose answer is lost is made ' +
        'once.',
    },
    {
      title: 'A person in the loop',
      text:
        'In ‘Wants to refund’ the run waits in Approvals. Reject it, and the agent reads the refusal in the next round and ' +
        'answers without a refund.',
    },
    {
      title: 'What a model may not do',
      text:
        'In ‘The model makes something up’ no answer matches the schema, and the run fails before any effect. In ' +
        '‘Never comes to an end’ the loop stops after six rounds.',
    },
  ],
};
