/** A step that calls an activity of the catalogue. */
import { z } from 'zod';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';
import type { Template } from '../template';
import { callsOf, checkStep, stepFields, stepTemplates } from './step';

const schema = (steps: StepsSchema) =>
  z.strictObject({ ...nodeFields, kind: z.literal('action'), ...stepFields, ...catchField(steps) });
export interface ActionNode extends z.infer<ReturnType<typeof schema>> {}

export const action: NodeFacts<ActionNode> = {
  schema,
  ...LEAF,
  holds: { catch: 'handlers' },
  create: (id) => ({ id, title: 'New step', kind: 'action', activity: 'http.request', input: {}, effect: 'none' }),
  fails: 'itself',
  step: (node) => node,
  activities: (node) => callsOf(node).map(({ activity }) => activity),
  templates: stepTemplates,
  schemas: ({ output }) => (output ? [{ schema: output, path: ['output'] }] : []),
  output: {
    schema(node, _flow, catalogue) {
      const declared = catalogue[node.activity]?.output;
      return declared && declared !== 'per-step' ? declared : node.output;
    },
    missingIn: () => null,
  },
  check: checkStep,
  trace: 'activity',
  drawing: { shape: 'card' },
  words: {
    kind: 'step',
    line: ({ activity, input }) => {
      const fields = typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
      // A request without a method is a GET.
      const usual = activity === 'http.request' ? 'GET' : null;
      const method = typeof fields.method === 'string' ? fields.method : usual;
      const address = addressOf(fields.path) ?? addressOf(fields.url);
      if (method && address !== null) return `${method} ${address}`;
      return method ? `${method} request` : calledOf(activity);
    },
    ahead: () => null,
  },
};

/**
 * 'example-travel.bookHotel' → 'bookHotel · example-travel': what it does comes first, because a card shows the
 * beginning.
 */
function calledOf(activity: string): string {
  const [connection, ...operation] = activity.split('.');
  return operation.length > 0 ? `${operation.join('.')} · ${connection}` : activity;
}

/** As text: `/orders/${input.orderId}`, without what every address begins with; null for nothing that can be shown. */
function addressOf(template: Template | undefined): string | null {
  const isObject = typeof template === 'object' && template !== null && !Array.isArray(template);
  const expression = isObject && typeof template.$expr === 'string' ? template.$expr.trim() : null;
  const text = typeof template === 'string' ? template : expression && (/^`([^`]*)`$/.exec(expression)?.[1] ?? null);
  return text ? text.replace(/^https?:\/\//, '') : null;
}
