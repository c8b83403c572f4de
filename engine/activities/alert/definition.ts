/**
 * The activities of the flow by which the product tells people and pagers of an alert (app/_server/alerts/flow.ts). Both ask
 * the web, which has the alert, its destinations and their secrets. No other flow may call them.
 */
import type { CatalogueActivity } from '../../flow/catalogue';
import { ALERT_FLOW } from '../../flow/built-in';

const alert = { type: 'string', title: 'Alert' } as const;

/** Brings one destination up to date with the alert. A failure is tried again in the next round of the flow as well. */
export const alertTell: CatalogueActivity = {
  internal: true,
  onlyIn: ALERT_FLOW,
  name: 'alert.tell',
  title: 'Tell one destination of an alert',
  effect: 'none',
  input: {
    type: 'object',
    required: ['alert', 'target'],
    additionalProperties: false,
    properties: { alert, target: { type: 'string', title: 'Destination' } },
  },
  output: { type: 'null' },
  defaultOptions: {
    startToCloseTimeout: '40s',
    retry: { maximumAttempts: 4, initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s' },
  },
};

/** Asks what comes next. */
export const alertPlan: CatalogueActivity = {
  internal: true,
  onlyIn: ALERT_FLOW,
  name: 'alert.plan',
  title: 'Look when somebody is to be told next',
  effect: 'none',
  input: { type: 'object', required: ['alert'], additionalProperties: false, properties: { alert } },
  output: {
    type: 'object',
    required: ['over', 'wait'],
    properties: {
      over: { type: 'boolean', title: 'Nothing is left to be told' },
      wait: { type: 'string', title: 'Until the next look', format: 'duration' },
    },
  },
  defaultOptions: {
    startToCloseTimeout: '30s',
    retry: { maximumAttempts: 0, initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  },
};
