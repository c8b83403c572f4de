/** The rules are in namespace-deletions.ts. */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { processCaller } from '../permissions/caller';
import { temporal } from '../proto';
import type { Script } from '../sim/scripted-worker';
import { count, sleeper, untilSignal, World } from './testing/world';

provesHistories('scripted');

const { EventType: Type, NamespaceState } = temporal.api.enums.v1;
const admin = processCaller('web', [{ role: 'admin', flow: null }]);
const namespace = 'gone';
type Namespaces = temporal.api.workflowservice.v1.IListNamespacesResponse;

let world: World;
afterEach(() => world.role.stop());

const parent: Script = (events) => {
  if (count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) > 0) return [];
  return [command.startChild('child', { workflowType: { name: 'waits' } })];
};
async function begin(): Promise<void> {
  world = await new World({ done: () => [command.complete()], waits: untilSignal, sleeper, parent }).begin();
  await world.call('RegisterNamespace', { namespace });
}
const remove = (request: object = { namespace }) =>
  world.role.service.call('DeleteNamespace', request, admin) as Promise<{ deletedNamespace: string }>;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => status.OK,
    (error: { code: status }) => error.code
  );
const names = async (more: object = {}) =>
  (await world.call<Namespaces>('ListNamespaces', more)).namespaces?.map(({ namespaceInfo }) => namespaceInfo?.name);
const left = () => [...world.store.runs.values()].map((run) => `${run.namespace}/${run.workflowId}`).sort();
const schedule = {
  namespace,
  scheduleId: 'hourly',
  requestId: 'hourly',
  schedule: {
    spec: { interval: [{ interval: { seconds: 3_600 } }] },
    action: {
      startWorkflow: { workflowId: 'hourly', workflowType: { name: 'done' }, taskQueue: { name: 'backstitch' } },
    },
  },
};

describe('DeleteNamespace', () => {
  it('[NSD1] from the answer on nobody finds the namespace, and nothing starts in it', async () => {
    await begin();
    await world.start('w', 'waits', { namespace });
    expect(await remove()).toEqual({ deletedNamespace: namespace });
    const asked: [string, object][] = [
      ['DescribeNamespace', {}],
      ['UpdateNamespace', {}],
      ['ListWorkflowExecutions', {}],
      ['ListSchedules', {}],
      ['DescribeWorkflowExecution', { execution: { workflowId: 'w' } }],
      ['ListSearchAttributes', {}],
    ];
    for (const [method, request] of asked)
      expect(await codeOf(world.call(method, { namespace, ...request }, world.role, admin)), method).toBe(
        status.NOT_FOUND
      );
    expect(await codeOf(world.start('other', 'done', { namespace }))).toBe(status.NOT_FOUND);
    expect(await codeOf(remove())).toBe(status.NOT_FOUND);
    expect(await codeOf(world.call('RegisterNamespace', { namespace }))).toBe(status.ALREADY_EXISTS);
    expect(await names()).toEqual(['default']);
    const all = await world.call<Namespaces>('ListNamespaces', { namespaceFilter: { includeDeleted: true } });
    expect(all.namespaces?.find(({ namespaceInfo }) => namespaceInfo?.name === namespace)?.namespaceInfo?.state).toBe(
      NamespaceState.NAMESPACE_STATE_DELETED
    );
  });

  it('[NSD2] open runs are terminated, and everything of it is deleted; other namespaces keep theirs', async () => {
    await begin();
    await world.start('same', 'sleeper', { namespace });
    await world.start('same', 'sleeper');
    await world.start('closed', 'done', { namespace });
    await world.start('parent', 'parent', { namespace });
    await world.call('CreateSchedule', schedule);
    await world.clock.advance(3_700_000);
    expect(left()).toHaveLength(6);
    const batch = { jobId: 'all', reason: 'test', visibilityQuery: '', signalOperation: { signal: 'go' } };
    await world.call('StartBatchOperation', { ...batch, namespace, visibilityQuery: "WorkflowId = 'nobody'" });
    await remove();
    await world.clock.advance(30_000);
    expect(left()).toEqual(['default/same']);
    expect(world.store.namespaces.has(namespace)).toBe(false);
    expect([...world.store.schedules.values(), ...world.store.batches.values()]).toEqual([]);
    // Nothing comes back, and nothing is looked for any more.
    await world.clock.advance(7_200_000);
    expect(left()).toEqual(['default/same']);
  });

  it('[NSD3] a deletion that was answered is finished by the next engine', async () => {
    await begin();
    for (let index = 0; index < 120; index++) await world.start(`w-${index}`, 'sleeper', { namespace });
    await remove();
    await world.clock.advance(150);
    expect(left().length).toBeGreaterThan(0);
    await world.takeOver();
    expect(await codeOf(world.start('other', 'done', { namespace }))).toBe(status.NOT_FOUND);
    await world.clock.advance(60_000);
    expect(left()).toEqual([]);
    expect(world.store.namespaces.has(namespace)).toBe(false);
  });

  it('[NSD4] the record stays for the delay; then the name is free for a namespace that has nothing of it', async () => {
    await begin();
    await world.role.service.call('AddSearchAttributes', { namespace, searchAttributes: { Color: 2 } }, admin);
    await world.start('w', 'done', { namespace });
    await remove({ namespace, namespaceDeleteDelay: { seconds: 600 } });
    await world.clock.advance(300_000);
    expect(left()).toEqual([]);
    expect(world.store.namespaces.has(namespace)).toBe(true);
    await world.clock.advance(301_000);
    expect(world.store.namespaces.has(namespace)).toBe(false);
    await world.call('RegisterNamespace', { namespace });
    const found = await world.call<{ customAttributes: object }>('ListSearchAttributes', { namespace });
    expect(found.customAttributes).toEqual({});
    await world.start('w', 'done', { namespace });
  });

  it('[NSD5] the namespaces of flows are protected, and a request names one namespace in one way', async () => {
    await begin();
    await expect(remove({ namespace: 'default' })).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    const { id } = world.store.namespaces.get(namespace)!;
    expect(await codeOf(remove({ namespace, namespaceId: id }))).toBe(status.INVALID_ARGUMENT);
    expect(await codeOf(remove({}))).toBe(status.INVALID_ARGUMENT);
    expect(await codeOf(remove({ namespace: 'nowhere' }))).toBe(status.NOT_FOUND);
    expect(await codeOf(remove({ namespaceId: 'nowhere' }))).toBe(status.NOT_FOUND);
    const early = { namespace, namespaceDeleteDelay: { seconds: -1 } };
    expect(await codeOf(remove(early))).toBe(status.INVALID_ARGUMENT);
    expect(await remove({ namespaceId: id })).toEqual({ deletedNamespace: namespace });
  });
});
