/**
 * A start that meets an open run, with `onConflictOptions`, as a Temporal server
 * (service/history/api/startworkflow/api.go, handleUseExistingWorkflowOnConflictOptions).
 *
 * [ONC1] What is asked for is attached by one WorkflowExecutionOptionsUpdated; the workflow does not notice.
 * [ONC2] A repetition of the attached request is answered alike and writes nothing, also by another engine.
 * [ONC3] Without the options, and for a run that starts, nothing is attached.
 * [ONC4] While a workflow task is open, the event is buffered, and describe says so.
 * [ONC5] The links of an update are checked; read-back.test.ts shows that they are kept.
 */
import { status } from '@grpc/grpc-js';
import { afterEach, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { temporal } from '../../proto';
import { settle } from '../../sim/virtual-clock';
import { untilSignal, World } from '../testing/world';

provesHistories('scripted');

const OPTIONS_UPDATED = temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED;
const runId = 'f1f7a5f5-9f4e-4f0a-8c4f-0a4a9f1f7a5f';
const links = [
  { workflowEvent: { namespace: 'default', workflowId: 'cause', runId, eventRef: { eventId: 1, eventType: 1 } } },
];
const attaching = {
  requestId: 'second',
  links,
  workflowIdConflictPolicy: 2,
  onConflictOptions: { attachRequestId: true, attachLinks: true },
};

let world: World;
afterEach(() => world.role.stop());
async function begin(): Promise<void> {
  world = await new World({ flow: untilSignal }).begin();
  await world.start('w', 'flow', { requestId: 'first' });
  await settle();
}
const attached = async () => (await world.stored('w')).events.filter((event) => event.eventType === OPTIONS_UPDATED);

it('[ONC1] the request id and the links are attached, without a workflow task', async () => {
  await begin();
  const answer = await world.start('w', 'flow', attaching);
  expect(answer).toMatchObject({
    started: false,
    link: { workflowEvent: { workflowId: 'w', requestIdRef: { requestId: 'second', eventType: OPTIONS_UPDATED } } },
  });
  const [event, ...more] = await attached();
  expect(more).toEqual([]);
  expect(event).toMatchObject({
    workerMayIgnore: true,
    links: [{ workflowEvent: { workflowId: 'cause' } }],
    workflowExecutionOptionsUpdatedEventAttributes: { attachedRequestId: 'second' },
  });
  const { workflowExtendedInfo, pendingWorkflowTask } = await world.describe('w');
  expect(pendingWorkflowTask).toBeNull();
  expect(workflowExtendedInfo?.requestIdInfos?.second).toMatchObject({ eventType: OPTIONS_UPDATED, buffered: false });
  expect(Number(workflowExtendedInfo?.requestIdInfos?.second?.eventId)).toBe(Number(event?.eventId));
  await world.signal('w');
  await settle();
  expect((await world.describe('w')).workflowExecutionInfo?.status).toBe(2);
});

it('[ONC2] a repetition is answered alike by the next engine, and writes nothing', async () => {
  await begin();
  const answer = await world.start('w', 'flow', attaching);
  await world.takeOver();
  expect(await world.start('w', 'flow', { ...attaching, workflowIdConflictPolicy: 1 })).toEqual(answer);
  expect(await attached()).toHaveLength(1);
});

it('[ONC3] nothing is attached that was not asked for', async () => {
  await begin();
  const callbacks = { attachCompletionCallbacks: true };
  await expect(world.start('w', 'flow', { ...attaching, onConflictOptions: callbacks })).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
  });
  await world.start('w', 'flow', { ...attaching, onConflictOptions: undefined });
  await world.start('other', 'flow', attaching);
  expect(await attached()).toEqual([]);
  await world.start('w', 'flow', { ...attaching, onConflictOptions: { attachLinks: true } });
  const [event] = await attached();
  expect(event?.workflowExecutionOptionsUpdatedEventAttributes?.attachedRequestId).toBeFalsy();
  expect((await world.describe('w')).workflowExtendedInfo?.requestIdInfos).not.toHaveProperty('second');
});

it('[ONC4] during a workflow task the event waits in the buffer', async () => {
  world = await new World({ flow: untilSignal }).begin();
  let go = () => {};
  world.workflows.gate = new Promise<void>((resolve) => (go = resolve));
  // A commit waits a little for an open task.
  for (const more of [{ requestId: 'first' }, attaching]) {
    const started = world.start('w', 'flow', more);
    await settle();
    await world.clock.advance(50);
    await started;
  }
  const infoOf = async () => (await world.describe('w')).workflowExtendedInfo?.requestIdInfos?.second;
  expect(await infoOf()).toMatchObject({ buffered: true });
  world.workflows.gate = null;
  go();
  await settle();
  expect(Number((await infoOf())?.eventId)).toBe(Number((await attached())[0]?.eventId));
});

it('[ONC5] links of an update are checked', async () => {
  await begin();
  type Update = temporal.api.workflowservice.v1.IUpdateWorkflowExecutionRequest;
  const update: Update = {
    workflowExecution: { workflowId: 'w' },
    request: { meta: { updateId: 'u' }, input: { name: 'set' }, links: [{}] },
  };
  await expect(world.call('UpdateWorkflowExecution', update)).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: expect.stringContaining('links: one has no variant') as string,
  });
});
