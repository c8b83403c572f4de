/**
 * What becomes known of a run after its close: kept beside its history, counted, and shown by describe and lists.
 *
 * Rules
 * [AC1] A call that was out at the close and completes afterwards happened; one that is denied afterwards did not. Any
 *       other late answer changes nothing.
 * [AC2] A person's word is kept, the last one counts. An open run takes none.
 * [AC3] Everything that became known counts, also what becomes known while it is being counted, and after a restart.
 * [AC4] A run that completed although a step did not go well is counted too; one whose steps all completed is not.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { AfterClose, HistoryEvent } from '../history';
import { command, failure } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../proto-time';
import { temporal } from '../proto';
import { completed, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import type { EffectCounter } from './effect-counts';
import { count, steps, World } from './testing/world';

const { EventType } = temporal.api.enums.v1;
provesHistories('scripted');

class Counting implements EffectCounter {
  asked: (AfterClose | null)[] = [];
  gate: Promise<void> | null = null;
  knows(): boolean {
    return true;
  }
  async count(_type: string, _events: readonly HistoryEvent[], afterClose: AfterClose | null) {
    this.asked.push(afterClose);
    await this.gate;
    const gone = (afterClose?.settled ?? []).filter(({ found }) => found !== 'remains').length;
    const denied = (afterClose?.lateAnswers ?? []).filter(({ applied }) => !applied).length;
    const standing = 2 - gone - denied;
    return { phase: standing > 0 ? ('left-standing' as const) : null, standing };
  }
}

let counter: Counting;
let world: World;
const failing: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 0)
    return [command.schedule('step-1', { retryPolicy: { maximumAttempts: 1 } })];
  return count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED) > 0 ? [command.complete('all the same')] : [];
};
async function begin(): Promise<void> {
  counter = new Counting();
  const retried = steps(1, { startToCloseTimeout: toDuration(5_000) });
  world = await new World({ steps: steps(1), retried, failing }, new MemoryStore(), { effectCounter: counter }).begin();
}
afterEach(() => world.role.stop());
async function killed(type = 'steps'): Promise<void> {
  await begin();
  await world.start('w', type);
  await settle();
  await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
  await settle();
}
async function attributes(): Promise<Record<string, unknown>> {
  const { workflowExecutionInfo } = await world.describe('w');
  const fields = Object.entries(workflowExecutionInfo!.searchAttributes?.indexedFields ?? {});
  return Object.fromEntries(fields.map(([name, { data }]) => [name, JSON.parse(Buffer.from(data!).toString())]));
}
const settleEffect = async (found: 'notApplied' | 'undone' | 'remains', activityId = 'step-1', mayFor = () => true) => {
  const { runId } = (await world.describe('w')).workflowExecutionInfo!.execution!;
  const address = { namespace: 'default', workflowId: 'w', runId: runId! };
  return world.role.engine.settleEffect(address, { activityId, found }, mayFor);
};
const said = () => new Date(world.clock.now()).toISOString();

describe('a call whose answer arrives after its run was killed', () => {
  it.each([
    ['happened', completed('yes'), 'applied'],
    ['was denied', { kind: 'failed' as const, failure: failure('no', { type: 'NotApplied' }) }, 'notApplied'],
  ])('[AC1] that %s is stored, counted, and kept after a restart', async (_, outcome, words) => {
    await killed();
    const { events } = await world.stored('w');
    const at = said();
    world.activities.finish('step-1', outcome);
    await settle();
    const left = { SagaPhase: 'left-standing', SagaStanding: words === 'applied' ? 2 : 1 };
    expect(await attributes()).toEqual({ ...left, SagaLateAnswers: [`5 ${words} ${at}`] });
    expect((await world.stored('w')).events).toHaveLength(events.length);
    await world.takeOver();
    expect(await attributes()).toMatchObject({ SagaLateAnswers: [`5 ${words} ${at}`] });
  });

  it('[AC1] with any other result changes nothing, and so does a denial while another attempt is open', async () => {
    await killed();
    world.activities.finish('step-1', { kind: 'failed', failure: failure('Unreachable') });
    await settle();
    expect(await attributes()).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
    expect(counter.asked).toEqual([null]);
    await world.role.stop();

    await begin();
    await world.start('w', 'retried');
    await settle();
    const first = world.activities.openAttempt('step-1');
    await world.clock.advance(7_000);
    expect(world.activities.started.map(({ attempt }) => attempt)).toEqual([1, 2]);
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
    await settle();
    first({ kind: 'failed', failure: failure('no', { type: 'NotApplied' }) });
    await settle();
    expect(await attributes()).not.toHaveProperty('SagaLateAnswers');
    world.activities.finish('step-1');
    await settle();
    expect(await attributes()).toMatchObject({ SagaLateAnswers: [expect.stringContaining('5 applied')] });
  });
});

describe('an effect that a person settles', () => {
  it('[AC2] is stored, and the last answer counts; open runs, other types and unknown runs are refused', async () => {
    await begin();
    await world.start('w', 'steps');
    await settle();
    await expect(settleEffect('undone')).rejects.toMatchObject({ code: 9 });
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
    await settle();
    await expect(settleEffect('undone', 'step-1', () => false)).rejects.toMatchObject({ code: 7 });
    await expect(settleEffect('undone', '')).rejects.toMatchObject({ code: 3 });
    await settleEffect('undone');
    await settleEffect('notApplied', 'step-2');
    await settle();
    expect(await attributes()).toEqual({});
    await settleEffect('remains');
    await settle();
    expect(await attributes()).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
    const missing = { namespace: 'default', workflowId: 'none', runId: 'r' };
    const effect = { activityId: 'a', found: 'undone' as const };
    await expect(world.role.engine.settleEffect(missing, effect, () => true)).rejects.toMatchObject({ code: 5 });
  });

  it('[AC3] is counted even if a count is running, or by the next engine after a crash', async () => {
    await killed();
    let open = () => {};
    counter.gate = new Promise((resolve) => (open = resolve));
    await settleEffect('undone');
    await settle();
    await settleEffect('undone', 'step-2');
    counter.gate = null;
    open();
    await settle();
    expect(counter.asked.at(-1)?.settled).toHaveLength(2);
    expect((await attributes()).SagaPhase).toBeUndefined();

    counter.gate = new Promise(() => {});
    await settleEffect('remains');
    await settle();
    expect((await attributes()).SagaPhase).toBe('counting');
    counter.gate = null;
    await world.takeOver();
    await settle();
    expect(await attributes()).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
    expect((await world.stored('w')).run.wakeAt).toBeNull();
  });
});

describe('a run that completed', () => {
  it('[AC4] is counted only if a step did not complete', async () => {
    await begin();
    await world.start('w', 'steps');
    await settle();
    world.activities.finish('step-1');
    await settle();
    expect(counter.asked).toEqual([]);
    await world.start('w', 'failing');
    await settle();
    world.activities.finish('step-1', { kind: 'failed', failure: failure('Unreachable') });
    await settle();
    expect(counter.asked).toEqual([null]);
    expect(await attributes()).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
  });
});
