import type { CatalogueActivity } from '../../flow/catalogue';

export const log: CatalogueActivity = {
  name: 'log',
  title: 'Write to the log',
  description: 'Writes a line to the worker’s log. It must not contain sensitive data.',
  effect: 'none',
  input: {
    type: 'object',
    required: ['message'],
    additionalProperties: false,
    properties: {
      message: { title: 'Message', type: 'string', maxLength: 10_000 },
      level: { title: 'Level', type: 'string', enum: ['debug', 'info', 'warn', 'error'], default: 'info' },
      data: { title: 'Data', type: 'object', additionalProperties: true },
    },
  },
  output: { type: 'null' },
  defaultOptions: { startToCloseTimeout: '10s', retry: { maximumAttempts: 3 } },
};
