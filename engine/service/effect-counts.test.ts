/**
 * What runs left behind that were closed without their code: marked with the close, counted afterwards, and found again
 * whatever happens between.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { HistoryEvent } from '../history';
import { settle } from '../sim/virtual-clock';
import type { VisibilityRecord } from '../visibility/record';
import { MemoryStore } from '../store/memory';
import type { EffectCounter } from './effect-counts';
import { sleeper, steps, untilSignal, World } from './testing/world';

provesHistories('scripted');

type Counted = Awaited<ReturnType<EffectCounter['count']>>;
const LEFT: Counted = { phase: 'left-standing', standing: 2 };

class Counting implements EffectCounter {
  asked: string[] = [];
  answers: (() => Promise<Counted>)[] = [];

  knows(workflowType: string): boolean {
    return workflowType !== 'foreign';
  }
  count(workflowType: string, events: readonly HistoryEvent[]): Promise<Counted> {
    this.asked.push(`${workflowType} ${events.length}`);
    return this.answers.shift()?.() ?? Promise.resolve(LEFT);
  }
}

let counter: Counting;
let world: World;
async function begin(): Promise<void> {
  counter = new Counting();
  const scripts = { saga: untilSignal, foreign: untilSignal, steps: steps(1), sleeper };
  world = await new World(scripts, new MemoryStore(), { effectCounter: counter }).begin();
}
afterEach(() => world.role.stop());

const listed = (workflowId: string): VisibilityRecord['searchAttributes'] =>
  [...world.store.visibility.values()].filter((record) => record.workflowId === workflowId).at(-1)!.searchAttributes;
const kill = (workflowId: string) => world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId } });
const never = () => new Promise<never>(() => {});

describe('a run that is killed', () => {
  it('[EC1] is marked by the closing commit and counted by the next one, without events after the close', async () => {
    await begin();
    let answer: (counted: Counted) => void = () => {};
    counter.answers.push(() => new Promise((resolve) => (answer = resolve)));
    await world.start('w', 'saga');
    await kill('w');
    await settle();
    expect(listed('w')).toEqual({ SagaPhase: 'counting' });
    expect((await world.stored('w')).run.wakeAt).toBe(0);
    const { events } = await world.stored('w');
    answer(LEFT);
    await settle();
    expect(listed('w')).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
    expect((await world.stored('w')).run.wakeAt).toBeNull();
    expect((await world.stored('w')).events).toHaveLength(events.length);
    const { workflowExecutionInfo } = await world.describe('w');
    const fields = workflowExecutionInfo!.searchAttributes!.indexedFields!;
    expect(Buffer.from(fields.SagaStanding!.data!).toString()).toBe('2');
    expect(Buffer.from(fields.SagaPhase!.data!).toString()).toBe('"left-standing"');
  });

  it.each([
    ['everything was undone', { phase: 'unwound', standing: 0 } as Counted, { SagaPhase: 'unwound', SagaStanding: 0 }],
    ['nothing had an effect', { phase: null, standing: 0 } as Counted, {}],
  ])('[EC2] %s', async (_, counted, attributes) => {
    await begin();
    counter.answers.push(() => Promise.resolve(counted));
    await world.start('w', 'saga');
    await kill('w');
    await settle();
    expect(listed('w')).toEqual(attributes);
  });

  it('[EC3] is counted by the next engine if this one crashes before the count', async () => {
    await begin();
    counter.answers.push(never);
    await world.start('w', 'saga');
    await kill('w');
    await settle();
    await world.takeOver();
    await settle();
    expect(counter.asked).toEqual(['saga 5', 'saga 5']);
    expect(listed('w')).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
    // A known count is not repeated.
    await world.takeOver();
    await world.clock.advance(10 * 60_000);
    expect(counter.asked).toHaveLength(2);
    expect((await world.describe('w')).workflowExecutionInfo!.searchAttributes!.indexedFields).toHaveProperty(
      'SagaStanding'
    );
  });

  it('[EC4] is counted again after each failed count, at growing intervals, without limit', async () => {
    await begin();
    for (let failed = 0; failed < 3; failed++) counter.answers.push(() => Promise.reject(new Error('away')));
    await world.start('w', 'saga');
    await kill('w');
    await world.clock.advance(5_000);
    expect(counter.asked).toHaveLength(3);
    expect(listed('w')).toEqual({ SagaPhase: 'counting' });
    await world.clock.advance(5_000);
    expect(listed('w')).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
  });

  it.each(['lostBeforeApply', 'lostAfterApply', 'rejected'] as const)(
    '[EC5] is counted again with the same result if the commit of the count is %s',
    async (fault) => {
      await begin();
      await world.start('w', 'saga');
      counter.answers.push(() => {
        world.store.failNextCommit(fault);
        return Promise.resolve(LEFT);
      });
      await kill('w');
      await world.clock.advance(60_000);
      expect(listed('w')).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
      expect((await world.stored('w')).run.wakeAt).toBeNull();
    }
  );
});

describe('other closes', () => {
  it('[EC6] by replacement or by timeout are counted too', async () => {
    await begin();
    await world.start('replaced', 'saga');
    await world.start('replaced', 'saga', { workflowIdConflictPolicy: 3 });
    await world.start('late', 'sleeper', { workflowRunTimeout: { seconds: 60 } });
    await world.clock.advance(70_000);
    expect(counter.asked).toEqual(['saga 5', 'sleeper 6']);
    expect(listed('late')).toMatchObject({ SagaPhase: 'left-standing', SagaStanding: 2 });
  });

  it('[EC7] by the code of the run, and of types without a counter, are not counted', async () => {
    await begin();
    await world.start('own', 'steps');
    await world.start('foreign', 'foreign');
    await settle();
    await kill('foreign');
    await settle();
    expect(counter.asked).toEqual([]);
    expect(listed('foreign')).toEqual({});
    expect((await world.stored('foreign')).run.wakeAt).toBeNull();
  });

  it('[EC8] that cannot be counted do not keep the scan busy', async () => {
    await begin();
    for (let index = 0; index < 600; index++) {
      await world.start(`w${index}`, 'saga');
      await kill(`w${index}`);
    }
    await settle();
    counter.answers = Array.from({ length: 5_000 }, () => never);
    await world.takeOver();
    await world.start('new', 'saga');
    await world.signal('new');
    await settle();
    expect((await world.describe('new')).workflowExecutionInfo!.status).toBe(STATUS.completed);
  });
});
