/** Times of a schedule, and of words that are no schedule yet. */
import { z } from 'zod';
import { whenSchema, type TimesAnswer } from '@/app/_contract/schedules';
import { readJson } from '@/engine/flow/values/json';
import { timestampMs, toTimestamp } from '@/engine/proto-time';
import { reading } from '../engine';
import { Refusal } from '../failure';
import { parsed } from '../http/handle';
import { demandAnywhere, type Actor } from '../people/actor';
import { describeSchedule, type Reader } from './read';
import { timesOf } from './spec';

/** As many as the engine answers at most. */
const MOST = 1_000;
const PREVIEWED = 10;

/** The first instant belongs to the range. */
export async function scheduleTimes(
  web: Reader,
  actor: Actor,
  id: string,
  { from, until }: { from: number; until: number }
): Promise<TimesAnswer> {
  await describeSchedule(web, actor, 'schedules.get', id);
  const { startTime } = await reading(web, () =>
    web.temporal.workflowService.listScheduleMatchingTimes({
      namespace: web.config.namespace,
      scheduleId: id,
      startTime: toTimestamp(from - 1),
      endTime: toTimestamp(until),
    })
  );
  const times = (startTime ?? []).map(timestampMs);
  return { times, isCut: times.length >= MOST };
}

/** The next ten times of words. */
export function previewTimes(actor: Actor, { when }: { when: string }, nowMs = Date.now()): TimesAnswer {
  demandAnywhere(actor, 'schedules.create');
  let value: unknown;
  try {
    value = { when: readJson(when) };
  } catch {
    throw new Refusal('badRequest', 'The words are not JSON.');
  }
  const read = parsed(z.object({ when: whenSchema }), value, 'The schedule');
  return { times: timesOf(read.when, nowMs, PREVIEWED), isCut: true };
}
