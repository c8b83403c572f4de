/**
 * The times of a schedule. Pure: the same spec has the same times, with the zone rules of this runtime.
 *
 * Rules
 * [SCT1] A time matches a calendar if its local year, month, day, day of the week, hour, minute and second are all in
 *        the calendar's fields. So a local time that a zone leaves out does not occur, and one that a zone repeats
 *        occurs twice, as on a Temporal server.
 * [SCT2] The times of an interval are the multiples of it since 1970, moved by the phase.
 * [SCT3] A time that an excluded calendar matches, or outside of [startTime, endTime], is none.
 * [SCT4] Jitter moves a time to a later one, by less than the jitter and never past the next time; the same time of the
 *        same schedule is always moved by the same.
 * [SCT5] The search is bounded: a spec that excludes nearly all of its own times throws SpecError.
 *
 * Times are whole seconds. Calendars have no time after the year 2100.
 */
import { createHash } from 'node:crypto';
import { durationMs, timestampMs } from '../proto-time';
import { localOffsetMs } from '../time-zone';
import { FIELDS, SpecError, type FieldName, type Range, type Spec, type StructuredCalendar } from './calendar';
import { zoneOf } from './spec';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Excluded times, or days and hours, in a row. */
const MOST_EXCLUDED = 10_000;
/** The first millisecond that no calendar has. */
const END_MS = Date.UTC(FIELDS.year.most + 1, 0, 1);

export interface ScheduleTime {
  /** The time that the spec names. */
  nominalMs: number;
  /** With jitter. */
  atMs: number;
}

export class ScheduleTimes {
  readonly #calendars: readonly CalendarTimes[];
  readonly #excluded: readonly CalendarTimes[];
  readonly #intervals: readonly { everyMs: number; phaseMs: number }[];
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #jitterMs: number;

  /** `spec`: as `canonicalSpec` returns it. `seed`: jitter depends on it. */
  constructor(
    spec: Spec,
    private readonly seed: string
  ) {
    const zone = zoneOf(spec);
    this.#calendars = (spec.structuredCalendar ?? []).map((calendar) => new CalendarTimes(calendar, zone));
    this.#excluded = (spec.excludeStructuredCalendar ?? []).map((calendar) => new CalendarTimes(calendar, zone));
    this.#intervals = (spec.interval ?? []).map(({ interval, phase }) => ({
      everyMs: toSecond(durationMs(interval)),
      phaseMs: toSecond(durationMs(phase)),
    }));
    this.#fromMs = spec.startTime ? timestampMs(spec.startTime) : 0;
    this.#untilMs = Math.min(spec.endTime ? timestampMs(spec.endTime) : Infinity, END_MS - 1);
    this.#jitterMs = durationMs(spec.jitter);
  }

  /** The first time after that one; null for none. Throws SpecError. */
  next(afterMs: number): ScheduleTime | null {
    // The first second of the range is a time if it matches.
    let after = Math.max(afterMs, this.#fromMs - SECOND_MS);
    for (let tries = 0; tries < MOST_EXCLUDED; tries++) {
      const nominalMs = this.#nextOfAll(after);
      if (nominalMs === null || nominalMs > this.#untilMs) return null;
      const excludedUntil = this.#excludedUntil(nominalMs);
      if (excludedUntil === null) return { nominalMs, atMs: nominalMs + this.#jitterOf(nominalMs) };
      after = excludedUntil;
    }
    throw new SpecError('the calendars of the schedule exclude too many of its own times');
  }

  #nextOfAll(afterMs: number): number | null {
    const second = toSecond(afterMs);
    let first: number | null = null;
    for (const calendar of this.#calendars) first = earlier(first, calendar.next(second));
    for (const { everyMs, phaseMs } of this.#intervals)
      first = earlier(first, (Math.floor((second - phaseMs) / everyMs) + 1) * everyMs + phaseMs);
    return first;
  }

  /** The last time of what is excluded together with this one; null if it is not excluded. */
  #excludedUntil(atMs: number): number | null {
    let until: number | null = null;
    for (const calendar of this.#excluded) {
      const end = calendar.lastAround(atMs);
      if (end !== null) until = Math.max(until ?? 0, end);
    }
    return until;
  }

  #jitterOf(nominalMs: number): number {
    if (this.#jitterMs === 0) return 0;
    const following = this.#nextOfAll(nominalMs);
    const most = following === null ? this.#jitterMs : Math.min(this.#jitterMs, following - nominalMs);
    const share = createHash('sha256').update(`${nominalMs}/${this.seed}`).digest().readUInt32BE(0) / 2 ** 32;
    return Math.floor(share * most);
  }
}

const toSecond = (ms: number) => Math.floor(ms / SECOND_MS) * SECOND_MS;
const earlier = (a: number | null, b: number | null) => (a === null ? b : b === null ? a : Math.min(a, b));

/** The times of one calendar. Local times are counted as if they were UTC. */
class CalendarTimes {
  readonly #has: Record<FieldName, ReadonlySet<number>>;
  /** Times of the day, ascending, each in its own unit. */
  readonly #hours: readonly number[];
  readonly #minutes: readonly number[];
  readonly #seconds: readonly number[];
  /** The calendar matches a whole day, or a whole hour, if it matches one of its times. */
  readonly #takesAllOf: 'day' | 'hour' | null;

  constructor(
    calendar: StructuredCalendar,
    private readonly zone: string
  ) {
    const has = (name: FieldName) => valuesOf(calendar[name] ?? [], name);
    this.#has = {
      second: has('second'),
      minute: has('minute'),
      hour: has('hour'),
      dayOfMonth: has('dayOfMonth'),
      month: has('month'),
      year: has('year'),
      dayOfWeek: has('dayOfWeek'),
    };
    const ascending = (name: FieldName) => [...this.#has[name]].sort((a, b) => a - b);
    this.#hours = ascending('hour');
    this.#minutes = ascending('minute');
    this.#seconds = ascending('second');
    const isWholeHour = this.#minutes.length === 60 && this.#seconds.length === 60;
    this.#takesAllOf = !isWholeHour ? null : this.#hours.length === 24 ? 'day' : 'hour';
  }

  /** The first time after that second; null for none. */
  next(afterMs: number): number | null {
    const fromMs = afterMs + SECOND_MS;
    let dayMs = startOf(fromMs + localOffsetMs(this.zone, fromMs), DAY_MS);
    while (dayMs < END_MS) {
      const day = new Date(dayMs);
      const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
      if (!this.#hasYear(year)) dayMs = Date.UTC(year + 1, 0, 1);
      else if (!this.#has.month.has(month + 1)) dayMs = Date.UTC(year, month + 1, 1);
      else {
        const at = this.#hasDay(day) ? this.#firstOfDay(dayMs, fromMs) : null;
        if (at !== null) return at;
        dayMs += DAY_MS;
      }
    }
    return null;
  }

  /** The last second of the day or of the hour if all of it matches as this time does; null if this time does not. */
  lastAround(atMs: number): number | null {
    const localMs = atMs + localOffsetMs(this.zone, atMs);
    if (!this.#matches(new Date(localMs))) return null;
    if (this.#takesAllOf === null) return atMs;
    const size = this.#takesAllOf === 'day' ? DAY_MS : HOUR_MS;
    const last = atMs + (startOf(localMs, size) + size - SECOND_MS - localMs);
    // Where the offset changes before then, one after the other.
    return localOffsetMs(this.zone, last) === localMs - atMs ? last : atMs;
  }

  #matches(local: Date): boolean {
    const { hour, minute, second } = this.#has;
    return (
      this.#hasYear(local.getUTCFullYear()) &&
      this.#has.month.has(local.getUTCMonth() + 1) &&
      this.#hasDay(local) &&
      hour.has(local.getUTCHours()) &&
      minute.has(local.getUTCMinutes()) &&
      second.has(local.getUTCSeconds())
    );
  }
  /** Without a range every year. */
  #hasYear = (year: number) => this.#has.year.size === 0 || this.#has.year.has(year);
  #hasDay = (day: Date) => this.#has.dayOfMonth.has(day.getUTCDate()) && this.#has.dayOfWeek.has(day.getUTCDay());

  /** The first time of a local day that is not before `fromMs`. */
  #firstOfDay(dayMs: number, fromMs: number): number | null {
    const before = localOffsetMs(this.zone, dayMs - DAY_MS);
    const after = localOffsetMs(this.zone, dayMs + 2 * DAY_MS);
    if (before === after) {
      const local = this.#firstLocal(dayMs, fromMs + before);
      return local === null ? null : local - before;
    }
    let first: number | null = null;
    for (const offset of [before, after]) {
      let local = this.#firstLocal(dayMs, fromMs + offset);
      // The zone has this offset in a part of the day only.
      while (local !== null && localOffsetMs(this.zone, local - offset) !== offset)
        local = this.#firstLocal(dayMs, local + SECOND_MS);
      if (local !== null) first = earlier(first, local - offset);
    }
    return first;
  }

  /** The first matching time of the day from `fromMs` on. */
  #firstLocal(dayMs: number, fromMs: number): number | null {
    const from = Math.max(0, fromMs - dayMs) / SECOND_MS;
    if (from >= DAY_MS / SECOND_MS) return null;
    for (const hour of this.#hours) {
      if ((hour + 1) * 3_600 <= from) continue;
      for (const minute of this.#minutes) {
        const start = hour * 3_600 + minute * 60;
        if (start + 60 <= from) continue;
        const second = this.#seconds.find((each) => start + each >= from);
        if (second !== undefined) return dayMs + (start + second) * SECOND_MS;
      }
    }
    return null;
  }
}

const startOf = (ms: number, size: number) => Math.floor(ms / size) * size;

/** A calendar without seconds has none, and so has no times: only years may be left out. */
function valuesOf(ranges: readonly Range[], name: FieldName): Set<number> {
  const values = new Set<number>();
  for (const { start, end, step } of ranges) {
    const from = start ?? 0;
    for (let value = from; value <= Math.max(end ?? 0, from) && value <= FIELDS[name].most; value += step || 1)
      values.add(value);
  }
  return values;
}
