import { describe, expect, it } from 'vitest';
import { ledgerOf } from './ledger';
import type { RunEvent } from './model';
import { previewReset } from './reset-preview';
import { manifestOf, orderDocument } from './testing/order';

const manifest = manifestOf(orderDocument);
let id = 0;
const event = (type: string, attributes: RunEvent['attributes'] = {}): RunEvent => ({
  id: ++id,
  timeMs: id,
  type,
  attributes,
});
const scheduled = (activityId: string, workflowTaskCompletedEventId: number) =>
  event('ActivityTaskScheduled', { activityId, workflowTaskCompletedEventId, retryPolicy: {} });
const updated = (name: string) =>
  event('WorkflowExecutionUpdateAccepted', { acceptedRequest: { meta: { updateId: name }, input: { name } } });

function run(): RunEvent[] {
  id = 0;
  return [
    event('WorkflowExecutionStarted'),
    event('WorkflowTaskCompleted'),
    scheduled('reserve-inventory', 2),
    event('WorkflowExecutionSignaled', { signalName: 'early' }),
    event('WorkflowTaskCompleted'),
    scheduled('charge-payment', 5),
    event('WorkflowExecutionSignaled', { signalName: 'hurry' }),
    event('WorkflowExecutionSignaled', { signalName: 'hurry' }),
    updated('changeNote'),
    updated('__decide'),
    event('ActivityTaskStarted', { scheduledEventId: 3 }),
    event('ActivityTaskCompleted', { scheduledEventId: 3 }),
  ];
}
const preview = (nodeId: string, events = run()) =>
  previewReset(nodeId, { events, manifest, ledger: ledgerOf(events, manifest) });

describe('what a reset would do', () => {
  it('[RPV3] a step that was under way at the point has an unknown outcome; one that began later is done again', () => {
    expect(preview('charge-payment')).toMatchObject({
      eventId: 5,
      whyNot: null,
      unknown: ['Reserve inventory'],
      kept: [{ activityId: 'reserve-inventory' }],
      twice: [{ activityId: 'charge-payment' }],
    });
    expect(preview('reserve-inventory')).toMatchObject({ eventId: 2, unknown: [], kept: [] });
  });

  it('[RPV1] messages of after the point are listed by name, and decisions of people are counted', () => {
    expect(preview('charge-payment')).toMatchObject({
      signals: [{ name: 'hurry', count: 2 }],
      updates: [{ name: 'changeNote', count: 1 }],
      decisions: 1,
    });
    expect(preview('reserve-inventory')?.signals).toEqual([
      { name: 'early', count: 1 },
      { name: 'hurry', count: 2 },
    ]);
  });

  it('[RPV1] a step that did not begin, and a history without the ids of tasks, name no point', () => {
    expect(preview('create-shipment')).toBeNull();
    expect(preview('charge-payment', [event('ActivityTaskScheduled', { activityId: 'charge-payment' })])).toBeNull();
  });

  it('[RPV4] past the first undo, and where a step would be counted on that was undone, it says why not', () => {
    const events = run();
    events.push(event('WorkflowTaskCompleted'), scheduled('reserve-inventory:undo', 13));
    expect(preview('charge-payment', events)?.whyNot).toMatch(
      /^The run began to undo Reserve inventory after this point/
    );
    expect(preview('reserve-inventory', events)?.whyNot).toBeNull();
    events.push(event('WorkflowTaskCompleted'), scheduled('create-shipment', 15));
    expect(preview('create-shipment', events)?.whyNot).toMatch(/began to undo its effects before this point/);
  });
});
