/** A step that calls an activity of the catalogue. */
import { z } from 'zod';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';
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
      const address = [fields.path, fields.url].find((each) => typeof each === 'string');
      if (method && address !== undefined) return `${method} ${address}`;
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
