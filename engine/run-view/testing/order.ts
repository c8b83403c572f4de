/** A flow with every construct that screens must draw, for tests of layout and projections. */
import { workflowType, type FlowDocument, type FlowNode } from '../../flow/document';
import { parseFlow } from '../../flow/testing/flow';
import type { FlowManifest, NodeManifest } from '../../flow/manifest';
import { lateCallsOf } from '../../flow/nodes/step';
import { factsOf } from '../../flow/nodes/table';
import { nestedSteps } from '../../flow/tree';

const http = 'http.request';
export const orderDocument: FlowDocument = parseFlow({
  format: 1,
  name: 'order-fulfilment',
  title: 'Order fulfilment',
  input: {
    type: 'object',
    properties: {
      orderId: { type: 'string', title: 'Order' },
      amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency', primary: true },
      currency: { type: 'string' },
    },
    required: ['orderId', 'amount', 'currency'],
  },
  steps: [
    {
      id: 'reserve-inventory',
      kind: 'action',
      title: 'Reserve inventory',
      activity: http,
      input: {},
      effect: 'reversible',
      undo: { title: 'Release inventory', activity: http, input: {} },
      unknown: { policy: 'undo' },
    },
    {
      id: 'large-order',
      kind: 'choice',
      title: 'Above the limit?',
      branches: [
        {
          id: 'above-limit',
          title: 'Above 1,000 €',
          when: 'input.amount > 100000',
          steps: [
            {
              id: 'approve-order',
              kind: 'approval',
              title: 'Finance approves',
              question: 'Ship this order?',
              candidates: ['finance'],
              data: {},
            },
          ],
        },
      ],
    },
    {
      id: 'charge-payment',
      kind: 'action',
      title: 'Charge payment',
      activity: http,
      input: {},
      effect: 'reversible',
      undo: { title: 'Refund payment', activity: http, input: {}, armed: 'attempted' },
      unknown: { policy: 'ask' },
      lateCalls: 'refused',
    },
    {
      id: 'fulfil',
      kind: 'parallel',
      title: 'Fulfil',
      unwind: 'reverse',
      branches: [
        {
          id: 'parcel',
          title: 'Parcel',
          steps: [
            {
              id: 'create-shipment',
              kind: 'action',
              title: 'Create shipment',
              activity: http,
              input: {},
              effect: 'reversible',
              undo: { title: 'Cancel shipment', activity: http, input: {} },
              options: { retry: { maximumAttempts: 5 } },
            },
          ],
        },
        {
          id: 'paper',
          title: 'Papers',
          steps: [
            {
              id: 'book-invoice',
              kind: 'action',
              title: 'Book invoice',
              activity: http,
              input: {},
              effect: 'reversible',
              undo: { title: 'Void invoice', activity: http, input: {} },
            },
            { id: 'settle', kind: 'wait', title: 'Let it settle', duration: '5s' },
          ],
        },
      ],
    },
    {
      id: 'hand-over',
      kind: 'action',
      title: 'Hand over to carrier',
      activity: http,
      input: {},
      effect: 'irreversible',
      pivot: true,
    },
    {
      id: 'send-confirmation',
      kind: 'action',
      title: 'Send confirmation',
      activity: http,
      input: {},
      effect: 'none',
      catch: [
        {
          types: [],
          scope: 'keep',
          then: [
            {
              id: 'note-failure',
              kind: 'action',
              title: 'Note the failure',
              activity: 'log',
              input: {},
              effect: 'none',
            },
          ],
        },
      ],
    },
    { id: 'finished', kind: 'end', title: 'Finished', output: { ok: true } },
  ],
});

/** The manifest that a compiler would write for a document, without its code. */
export function manifestOf(document: FlowDocument): FlowManifest {
  const nodes: Record<string, NodeManifest> = {};
  let line = 10;
  const walk = (steps: readonly FlowNode[], behind: boolean) => {
    let afterPivot = behind;
    for (const node of steps) {
      const action = node.kind === 'action' ? node : null;
      const undo = factsOf(node).step(node)?.undo;
      nodes[node.id] = {
        id: node.id,
        kind: node.kind,
        title: node.title,
        activity: action?.activity ?? null,
        effect: action?.effect ?? (undo ? 'reversible' : 'none'),
        ...childOf(node),
        undo: undo ? { title: undo.title, activity: undo.activity, armed: undo.armed } : null,
        ...(action ? lateCallsOf(action, {}) : {}),
        pivot: action?.pivot ?? false,
        afterPivot,
        lines: [line, line + 3],
        output: null,
      };
      line += 5;
      nestedSteps(node).forEach((inner) => walk(inner, afterPivot));
      if (action?.pivot) afterPivot = true;
    }
  };
  walk(document.steps, false);
  return {
    format: 1,
    flow: document.name,
    version: 1,
    revision: 'v1.0',
    workflowType: workflowType(document.name, 1),
    document,
    nodes,
    sha: '0'.repeat(64),
  };
}

/** Every child runs the workflow of interpret.ts, which takes the flow as its input. */
function childOf(node: FlowNode): Pick<NodeManifest, 'child'> {
  if (node.kind !== 'child') return {};
  const { flow, waits } = node;
  return { child: { flow, version: 1, workflowType: 'interpret_v1', below: [], waits } };
}
