/**
 * When a schedule starts its flow: from words to the spec of the protocol. The words are kept in the memo of the
 * schedule, because several of them have the same spec.
 *
 * Rules
 * [WSP1] Words have the times that they say, also the last day of a month in leap years.
 * [WSP2] The words of the memo count only while the spec is theirs: another program may have changed it.
 */
import { createHash } from 'node:crypto';
import { whenSchema, type When } from '@/app/_contract/schedules';
import { temporal } from '@/engine/proto';
import { toDuration } from '@/engine/proto-time';
import { SpecError, type Spec } from '@/engine/schedules/calendar';
import { describedSpec } from '@/engine/schedules/described';
import { canonicalSpec } from '@/engine/schedules/spec';
import { ScheduleTimes } from '@/engine/schedules/times';
import { Refusal } from '../failure';

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };
const [SHORT_MONTHS, LONG_MONTHS] = ['4,6,9,11', '1,3,5,7,8,10,12'];
/** 2100 is none. */
const LEAP_YEARS = [{ start: 2000, end: 2096, step: 4 }];
const OTHER_YEARS = [
  { start: 2001, end: 2097, step: 4 },
  { start: 2002, end: 2098, step: 4 },
  { start: 2003, end: 2099, step: 4 },
  { start: 2100, end: 2100, step: 1 },
];

export function specOf(when: When): Spec {
  switch (when.kind) {
    case 'every':
      return { interval: [{ interval: toDuration(when.count * UNIT_MS[when.unit]) }] };
    case 'cron':
      return { cronString: [when.text], timezoneName: when.zone };
    case 'weekly': {
      const dayOfWeek = [...when.days].sort((a, b) => a - b).join(',');
      return { calendar: when.times.map((time) => ({ ...clock(time), dayOfWeek })), timezoneName: when.zone };
    }
    case 'monthly':
      return {
        ...(when.day === 'last'
          ? lastDays(when.times)
          : { calendar: when.times.map((time) => ({ ...clock(time), dayOfMonth: String(when.day) })) }),
        timezoneName: when.zone,
      };
  }
}

const clock = (time: string) => {
  const [hour = '', minute = ''] = time.split(':');
  return { hour: String(Number(hour)), minute: String(Number(minute)) };
};

function lastDays(times: readonly string[]): Spec {
  const february = times.flatMap((time) => {
    const { hour, minute } = clock(time);
    const at = {
      second: [{ start: 0 }],
      minute: [{ start: Number(minute) }],
      hour: [{ start: Number(hour) }],
      month: [{ start: 2 }],
      dayOfWeek: [{ start: 0, end: 6 }],
    };
    return [
      { ...at, dayOfMonth: [{ start: 29 }], year: LEAP_YEARS },
      { ...at, dayOfMonth: [{ start: 28 }], year: OTHER_YEARS },
    ];
  });
  const others = times.flatMap((time) => [
    { ...clock(time), dayOfMonth: '31', month: LONG_MONTHS },
    { ...clock(time), dayOfMonth: '30', month: SHORT_MONTHS },
  ]);
  return { structuredCalendar: february, calendar: others };
}

/** Throws `inputInvalid` for a cron expression or a zone that cannot be. */
export function checkedSpec(when: When): Spec {
  try {
    return canonicalSpec(specOf(when));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const at = when.kind === 'cron' ? '/when/text' : '/when/zone';
    throw new Refusal('inputInvalid', 'The times cannot be read.', [{ at, message: error.message }], { cause: error });
  }
}

/** The times of words, without jitter. */
export function timesOf(when: When, afterMs: number, most: number): number[] {
  const times = new ScheduleTimes(checkedSpec(when), '');
  const found: number[] = [];
  for (let after = afterMs; found.length < most;) {
    const next = times.next(after);
    if (!next) break;
    found.push(next.nominalMs);
    after = next.nominalMs;
  }
  return found;
}

/** [WSP2] `kept`: what the memo says. Null: the spec has no words. */
export function whenOf(spec: Spec, kept: unknown): When | null {
  const read = whenSchema.safeParse(kept);
  const [interval, ...others] = spec.interval ?? [];
  if (read.success) return isSame(spec, read.data) ? read.data : null;
  // What people say most is also what other programs make most.
  const ms = interval && others.length === 0 ? Number(interval.interval?.seconds ?? 0) * 1_000 : 0;
  const unit = (['days', 'hours', 'minutes'] as const).find((each) => ms > 0 && ms % UNIT_MS[each] === 0);
  const every: When | null = unit ? { kind: 'every', count: ms / UNIT_MS[unit], unit } : null;
  return every && isSame(spec, every) ? every : null;
}

function isSame(spec: Spec, when: When): boolean {
  try {
    return digestOf({ ...spec, jitter: null }) === digestOf(describedSpec(canonicalSpec(specOf(when))));
  } catch {
    return false;
  }
}

/** UTC is the zone of a spec that names none. */
function digestOf(spec: Spec): string {
  const named = { ...spec, timezoneName: spec.timezoneName || 'UTC' };
  const bytes = temporal.api.schedule.v1.ScheduleSpec.encode(described(named)).finish();
  return createHash('sha256').update(bytes).digest('hex');
}
const described = (spec: Spec): Spec => describedSpec(spec);
