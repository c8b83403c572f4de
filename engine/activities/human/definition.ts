/**
 * The activities by which a run asks a person and withdraws the question (design D9). Approvals use them; they are
 * not in the designer's palette.
 */
import type { CatalogueActivity } from '../../flow/catalogue';
import type { ActivityOptions } from '../../flow/document';

/** A question to a person must not be lost when the web restarts, so the call is repeated until it succeeds. */
const untilDone: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 0, initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
};

export const humanOpen: CatalogueActivity = {
  internal: true,
  name: 'human.open',
  title: 'Open a task for a person',
  effect: 'none',
  input: {
    type: 'object',
    required: [
      'taskId',
      'flow',
      'nodeId',
      'title',
      'question',
      'candidates',
      'requireComment',
      'data',
      'dataHash',
      'dueAtMs',
    ],
    additionalProperties: true,
    properties: {
      taskId: { type: 'string' },
      firstRunId: { type: 'string' },
      flow: { type: 'string' },
      nodeId: { type: 'string' },
      title: { type: 'string' },
      question: { type: 'string' },
      candidates: { type: 'array', items: { type: 'string' } },
      requireComment: { type: 'string', enum: ['never', 'onReject', 'always'] },
      data: {},
      dataHash: { type: 'string' },
      schema: {},
      dueAtMs: {},
    },
  },
  output: { type: 'null' },
  defaultOptions: untilDone,
};

export const humanAsk: CatalogueActivity = {
  internal: true,
  name: 'human.ask',
  title: 'Ask other people, or remind those who are asked',
  effect: 'none',
  input: {
    type: 'object',
    required: ['taskId', 'candidates', 'events'],
    additionalProperties: true,
    properties: {
      taskId: { type: 'string' },
      firstRunId: { type: 'string' },
      candidates: { type: 'array', items: { type: 'string' } },
      events: { type: 'array' },
    },
  },
  output: { type: 'null' },
  defaultOptions: untilDone,
};

export const humanClose: CatalogueActivity = {
  internal: true,
  name: 'human.close',
  title: 'Close a task for a person',
  effect: 'none',
  input: {
    type: 'object',
    required: ['taskId', 'outcome', 'decidedBy', 'comment'],
    additionalProperties: true,
    properties: {
      taskId: { type: 'string' },
      firstRunId: { type: 'string' },
      outcome: { type: 'string', enum: ['approved', 'rejected', 'timedOut', 'cancelled'] },
      decidedBy: {},
      comment: {},
    },
  },
  output: { type: 'null' },
  defaultOptions: untilDone,
};
