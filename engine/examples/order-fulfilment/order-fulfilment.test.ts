import { expect, test } from 'vitest';
import { catalogue } from '../../activities/catalogue';
import type { FlowNode } from '../../flow/document';
import { parseFlow } from '../../flow/testing/flow';
import { misfitsOf } from '../../flow/schema/check';
import document from './order-fulfilment.flow.json';
import { SCENARIOS } from './scenario';

const flow = parseFlow(document);

test('[OOF1] the example is a flow document, and all its activities exist', () => {
  const actions = flow.steps.filter((step): step is Extract<FlowNode, { kind: 'action' }> => step.kind === 'action');
  expect(actions.map((step) => step.id)).toEqual([
    'reserve-inventory',
    'charge-payment',
    'create-shipment',
    'send-confirmation',
  ]);
  for (const step of actions) {
    const activities = [
      step.activity,
      step.undo?.activity,
      step.unknown?.policy === 'check' ? step.unknown.activity : undefined,
    ];
    for (const activity of activities) if (activity) expect(catalogue).toHaveProperty([activity]);
    expect(step.unknown, `${step.id} says what happens when its outcome is unknown`).toBeDefined();
  }
});

test('[OOF2] there is a scenario for every fault of the shop, and one that waits for an approval', () => {
  const inputs = flow.scenarios.map((scenario) => scenario.input);
  expect(new Set(inputs.map((input) => input.scenario))).toEqual(new Set(SCENARIOS));
  expect(inputs.filter((input) => (input.amount as number) > 50_000)).toHaveLength(1);
  expect(new Set(flow.scenarios.map((scenario) => scenario.name)).size).toBe(flow.scenarios.length);
});

test('[OOF3] the inputs of all scenarios are complete and fit the schema of the flow', () => {
  for (const { name, input } of flow.scenarios) expect(misfitsOf(input, flow.input), name).toEqual([]);
});
