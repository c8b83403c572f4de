/**
 * Schedules over REST.
 * [SDL1] A schedule is made, read, changed, paused, triggered, filled in and deleted; its words are read back, its runs
 *        are listed with it, and start in the name of whoever made it.
 * [SDL2] What is sensitive in its input is not answered.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import type { ScheduleDetail, ScheduleList, TimesAnswer } from '@/app/_contract/schedules';
import { TILL_FLOW } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
  await must(admin.post(to.publish(), { document: TILL_FLOW }));
}, 60_000);
afterAll(() => world.close());

const settings = {
  flow: TILL_FLOW.name,
  when: { kind: 'monthly', day: 'last', times: ['09:00'], zone: 'Europe/Berlin' },
  input: { amount: 1, take: '/take', approve: false, pin: '1234' },
  overlap: 'skip',
  catchupMinutes: 60,
  jitterSeconds: 0,
  remaining: null,
  pausesOnFailure: true,
  note: 'monthly',
};
const ids = () => ({ requestId: randomUUID() });
const read = async () => (await must(admin.get<ScheduleDetail>(to.schedule('books')))).body;

it('[SDL1] from making it to deleting it', async () => {
  await must(admin.post(to.schedules(), { ...settings, ...ids(), id: 'books' }));
  const taken = await admin.post(to.schedules(), { ...settings, ...ids(), id: 'books' });
  expect(taken.body).toMatchObject({ error: { code: 'scheduleIdTaken' } });
  const made = await read();
  expect(made).toMatchObject({ flow: TILL_FLOW.name, when: settings.when, paused: false, note: 'monthly', runs: [] });
  expect(made.nextTimes).toHaveLength(10);
  expect(made.settings).toMatchObject({ overlap: 'skip', catchupMinutes: 60, pausesOnFailure: true });

  await must(admin.post(to.triggerSchedule('books'), ids()));
  const run = await eventually(async () => {
    const [first] = (await read()).runs;
    if (!first) throw new Error('the run is not there');
    return first;
  });
  const { memo, searchAttributes } = (await must(admin.get<RunDetail>(to.run(run.workflowId, run.runId)))).body;
  expect(run.flow).toBe(TILL_FLOW.name);
  expect(memo.BackstitchStartedBy).toBeTruthy();
  expect(searchAttributes.TemporalScheduledById).toBe('books');

  const [firstMs = 0, , thirdMs = 0] = made.nextTimes;
  const range = to.scheduleTimes('books', firstMs, thirdMs);
  expect((await must(admin.get<TimesAnswer>(range))).body.times).toEqual(made.nextTimes.slice(0, 3));
  await must(
    admin.post(to.backfillSchedule('books'), { ...ids(), fromMs: firstMs, untilMs: thirdMs, overlap: 'allowAll' })
  );
  await eventually(async () => {
    if ((await read()).counts.started < 4) throw new Error('not all are started');
  });

  await must(admin.post(to.pauseSchedule('books'), { ...ids(), paused: true, note: 'holiday' }));
  const { schedules } = (await must(admin.get<ScheduleList>(to.schedules()))).body;
  expect(schedules).toMatchObject([{ id: 'books', paused: true, note: 'holiday', nextMs: null, when: settings.when }]);

  const when = { kind: 'every', count: 15, unit: 'minutes' };
  const changed = { ...settings, when, note: 'often' };
  const stale = await admin.post(to.schedule('books'), { ...changed, ...ids(), token: made.token });
  expect(stale.body).toMatchObject({ error: { code: 'changedMeanwhile' } });
  await must(admin.post(to.schedule('books'), { ...changed, ...ids(), token: (await read()).token }));
  expect(await read()).toMatchObject({ when, note: 'often', paused: true });

  const bad = await admin.post(to.schedules(), {
    ...settings,
    ...ids(),
    id: 'bad',
    when: { kind: 'cron', text: 'x', zone: 'UTC' },
  });
  expect(bad.body).toMatchObject({ error: { code: 'inputInvalid', problems: [{ at: '/when/text' }] } });

  await must(admin.post(to.deleteSchedule('books'), ids()));
  expect((await admin.get(to.schedule('books'))).body).toMatchObject({ error: { code: 'scheduleNotFound' } });
});

it('[SDL2] a sensitive input is not answered', async () => {
  await must(admin.post(to.schedules(), { ...settings, ...ids(), id: 'secret' }));
  const { body } = await must(admin.get<ScheduleDetail>(to.schedule('secret')));
  expect(body.settings.input).toMatchObject({ amount: 1 });
  expect(JSON.stringify(body)).not.toContain('1234');
});
