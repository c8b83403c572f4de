/** What other systems hear of runs: the rules are in visibility/change.ts and change-log.ts. */
import { afterEach, describe, expect, it } from 'vitest';
import { command, failure, payloads } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../proto-time';
import { STATUS } from '../run-name';
import { completed, ScriptedActivities } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { readChangesKeptDays } from './change-log';
import { DAY_MS, sleeper, untilSignal, World } from './testing/world';

provesHistories('scripted');

let world: World;
afterEach(() => world.role.stop());
const changes = () =>
  world.store.changes.map(({ workflowId, starts, closes, status, told }) => ({
    workflowId,
    starts,
    closes,
    status,
    told,
  }));

describe('the log of changes', () => {
  it('[RCH2] has the start, what a run waits at, and the close, each once', async () => {
    world = await new World({ sleeper }).begin();
    await world.start('w', 'sleeper');
    await settle();
    await world.clock.advance(DAY_MS);
    const of = { workflowId: 'w', status: STATUS.running, starts: false, closes: false };
    const all = changes();
    expect(all[0]).toMatchObject({ ...of, starts: true });
    expect(all.at(-1)).toEqual({ ...of, closes: true, status: STATUS.completed, told: {} });
    expect(all.filter(({ starts }) => starts)).toHaveLength(1);
    expect(all.filter(({ closes }) => closes)).toHaveLength(1);
    const told = all.map((change) => JSON.stringify([change.told, change.closes]));
    expect(told.filter((each, at) => each === told[at - 1])).toEqual([]);
  });

  it('[RCH1] [RCH2] has a step that fails by its name and the name of its error, once for many attempts', async () => {
    const activities = new ScriptedActivities();
    let left = 3;
    activities.answer = () =>
      left-- > 0
        ? {
            kind: 'failed' as const,
            failure: failure('card 4111 was declined', { type: 'Declined', details: payloads({ card: '4111' }) }),
          }
        : completed('ok');
    const script = () => [command.schedule('pay', { retryPolicy: { initialInterval: toDuration(1_000) } })];
    world = await new World(
      {
        pays: (events) =>
          events.some(({ activityTaskCompletedEventAttributes: done }) => done)
            ? [command.complete()]
            : events.some(({ activityTaskScheduledEventAttributes: done }) => done)
              ? []
              : script(),
      },
      undefined,
      {},
      activities
    ).begin();
    await world.start('w', 'pays', { input: payloads({ secret: 'of the customer' }) });
    await world.clock.advance(60_000);
    const all = changes();
    const retries = all.filter(({ told }) => told.retriesAt);
    expect(retries).toEqual([expect.objectContaining({ told: { retriesAt: ['pay'], errors: ['Declined'] } })]);
    expect(JSON.stringify(world.store.changes)).not.toMatch(/4111|customer/);
    expect(all.at(-1)).toMatchObject({ closes: true, status: STATUS.completed });
  });

  it('[RCH2] has what changes after the close, and nothing of a run that goes on as before', async () => {
    world = await new World({
      waits: untilSignal,
      left: () => [command.upsert({ SagaPhase: 'left-standing', SagaStanding: 2 }), command.fail('left')],
    }).begin();
    await world.start('open', 'waits');
    await world.start('w', 'left');
    await settle();
    expect(
      changes()
        .filter(({ workflowId }) => workflowId === 'w')
        .at(-1)
    ).toMatchObject({
      closes: true,
      status: STATUS.failed,
      told: { phase: 'left-standing', remaining: 2 },
    });
    expect(changes().filter(({ workflowId }) => workflowId === 'open')).toHaveLength(1);
  });

  it('[RCH3] is removed after its days, in batches', async () => {
    world = await new World({ done: () => [command.complete()] }, undefined, { changesKeptDays: 7 }).begin();
    await world.start('old', 'done');
    await world.clock.advance(6.9 * DAY_MS);
    await world.start('young', 'done');
    expect(new Set(changes().map(({ workflowId }) => workflowId))).toEqual(new Set(['old', 'young']));
    await world.clock.advance(0.2 * DAY_MS);
    expect(new Set(changes().map(({ workflowId }) => workflowId))).toEqual(new Set(['young']));
  });

  it('[RCH3] the setting is a number of days', async () => {
    world = await new World({}).begin();
    expect(readChangesKeptDays({ NODE_ENV: 'test' })).toBe(7);
    expect(readChangesKeptDays({ NODE_ENV: 'test', BACKSTITCH_EVENT_DAYS: '30' })).toBe(30);
    for (const BACKSTITCH_EVENT_DAYS of ['0', 'week', '1.5', '-1', '400'])
      expect(() => readChangesKeptDays({ NODE_ENV: 'test', BACKSTITCH_EVENT_DAYS })).toThrow('BACKSTITCH_EVENT_DAYS');
  });
});
