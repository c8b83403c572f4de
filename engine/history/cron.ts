/**
 * Cron schedules of workflows, as strict as a Temporal server, which reads them with `ParseStandard` of robfig/cron v3
 * (common/backoff/cron.go).
 *
 *   minute hour day-of-month month day-of-week   `*` or `?`, numbers, names of months and days, `a-b`, `…/step`, lists
 *   @yearly @annually @monthly @weekly @daily @midnight @hourly
 *   @every 1h30m                                 a Go duration, in whole seconds, at least one
 *   CRON_TZ=Area/City before it (or TZ=)         otherwise UTC
 *
 * Rules:
 *   CRN1 Sunday is 0; 7, L, W and # are refused, and so are six fields.
 *   CRN2 Where both days are restricted, either may match; otherwise both have to.
 *   CRN3 A local time that a zone leaves out does not occur; one that a zone repeats occurs twice.
 *   CRN4 A schedule without a time in the next five years has none.
 */
import { isTimeZone, localOffsetMs } from '../time-zone';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const YEARS = 5;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: ['', ...MONTHS] },
  { name: 'day of the week', min: 0, max: 6, names: DAYS },
] as const;
type Field = (typeof FIELDS)[number];

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

interface Values {
  has: ReadonlySet<number>;
  /** Every value, as `*`: the field does not restrict. */
  isOpen: boolean;
}
type Schedule =
  | { kind: 'every'; delayMs: number }
  | { kind: 'calendar'; zone: string; minutes: number[]; months: Values; days: Values; weekdays: Values };

class Fault extends Error {}
const fault = (problem: string): never => {
  throw new Fault(problem);
};

/** What is wrong with a schedule, as the end of a sentence; null if nothing is. */
export function cronFault(text: string, now: number): string | null {
  try {
    return timeOf(parse(text), now, now) === null ? 'has no time at all' : null;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

/**
 * The first time of the schedule that is after `afterMs` and not before `notBeforeMs`. Null if there is none, or if the
 * text is not a schedule.
 */
export function nextTime(text: string, afterMs: number, notBeforeMs: number): number | null {
  try {
    return timeOf(parse(text), afterMs, notBeforeMs);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

function timeOf(schedule: Schedule, afterMs: number, notBeforeMs: number): number | null {
  const second = Math.floor(afterMs / SECOND_MS) * SECOND_MS;
  if (schedule.kind === 'calendar') return firstMatch(schedule, Math.max(second + SECOND_MS, notBeforeMs));
  const { delayMs } = schedule;
  return second + delayMs * Math.max(1, Math.ceil((notBeforeMs - second) / delayMs));
}

// --- the calendar ---

function firstMatch(schedule: Schedule & { kind: 'calendar' }, fromMs: number): number | null {
  const { zone, months, days, weekdays } = schedule;
  // Local times are counted as if they were UTC.
  const localMs = fromMs + localOffsetMs(zone, fromMs);
  const lastYear = new Date(localMs).getUTCFullYear() + YEARS;
  for (let dayMs = Math.floor(localMs / DAY_MS) * DAY_MS; ; dayMs += DAY_MS) {
    const day = new Date(dayMs);
    if (day.getUTCFullYear() > lastYear) return null;
    if (!months.has.has(day.getUTCMonth() + 1)) continue;
    const inMonth = days.has.has(day.getUTCDate());
    const inWeek = weekdays.has.has(day.getUTCDay());
    if (!(days.isOpen || weekdays.isOpen ? inMonth && inWeek : inMonth || inWeek)) continue;
    const at = firstOfDay(schedule, dayMs, fromMs);
    if (at !== null) return at;
  }
}

function firstOfDay({ zone, minutes }: Schedule & { kind: 'calendar' }, dayMs: number, fromMs: number): number | null {
  const before = localOffsetMs(zone, dayMs - DAY_MS);
  const after = localOffsetMs(zone, dayMs + 2 * DAY_MS);
  let first: number | null = null;
  for (const offsetMs of new Set([before, after])) {
    for (const minute of minutes) {
      const at = dayMs + minute * MINUTE_MS - offsetMs;
      if (at < fromMs) continue;
      if (before !== after && localOffsetMs(zone, at) !== offsetMs) continue;
      if (first === null || at < first) first = at;
      break;
    }
  }
  return first;
}

// --- reading ---

function parse(text: string): Schedule {
  let zone = 'UTC';
  let rest = text;
  const named = /^(?:CRON_)?TZ=([^ ]*) +(.*)$/s.exec(text);
  if (named) {
    zone = named[1]! === '' || named[1] === 'Local' ? 'UTC' : named[1]!;
    rest = named[2]!.trim();
    if (!isTimeZone(zone)) fault(`has an unknown time zone ${zone}`);
  }
  if (rest.startsWith('@every ')) return every(rest.slice('@every '.length));
  if (rest.startsWith('@')) rest = DESCRIPTORS[rest] ?? fault(`has an unknown word ${rest}`);
  const parts = rest.split(/\s+/).filter((part) => part !== '');
  if (parts.length !== FIELDS.length) fault(`has ${parts.length} fields, it has to have ${FIELDS.length}`);
  const [minute, hour, days, months, weekdays] = FIELDS.map((field, index) => valuesOf(parts[index]!, field));
  const ascending = (values: Values) => [...values.has].sort((a, b) => a - b);
  const minutes = ascending(hour!).flatMap((h) => ascending(minute!).map((m) => 60 * h + m));
  return { kind: 'calendar', zone, minutes, days: days!, months: months!, weekdays: weekdays! };
}

function valuesOf(text: string, field: Field): Values {
  const has = new Set<number>();
  let isOpen = false;
  for (const part of text.split(',').filter((each) => each !== '')) {
    const range = rangeOf(part, field);
    isOpen ||= range.isOpen;
    for (let value = range.low; value <= range.high; value += range.step) has.add(value);
  }
  return { has, isOpen };
}

function rangeOf(part: string, field: Field) {
  const [range = '', stepText, ...slashes] = part.split('/');
  const [lowText = '', highText, ...hyphens] = range.split('-');
  if (slashes.length > 0) fault(`has too many slashes in ${part}`);
  const isAny = lowText === '*' || lowText === '?';
  if (hyphens.length > 0 && !isAny) fault(`has too many hyphens in ${part}`);
  const low = isAny ? field.min : valueOf(lowText, field);
  const single = highText === undefined;
  let high = isAny ? field.max : single ? low : valueOf(highText, field);
  const step = stepText === undefined ? 1 : numberOf(stepText, part);
  if (stepText !== undefined && single) high = field.max;
  if (low < field.min || high > field.max || low > high)
    fault(`has ${part} where a ${field.name} is from ${field.min} to ${field.max}`);
  if (step === 0) fault(`has a step of 0 in ${part}`);
  return { low, high, step, isOpen: isAny && step === 1 };
}

function valueOf(text: string, { names }: Field): number {
  const named = (names as readonly string[]).indexOf(text.toLowerCase());
  return text !== '' && named >= 0 ? named : numberOf(text, text);
}
const numberOf = (text: string, part: string): number =>
  /^\+?\d+$/.test(text) ? Number(text) : fault(`has ${part || 'nothing'} where a number is expected`);

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
};

function every(duration: string): Schedule {
  const [, sign, rest = ''] = /^([-+]?)(.*)$/s.exec(duration)!;
  if (rest !== '0' && !/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest))
    fault(`has the duration ${duration}, which cannot be read`);
  let ms = 0;
  for (const [, amount, unit] of rest.matchAll(/([\d.]+)([a-zµμ]+)/g)) ms += Number(amount) * UNITS_MS[unit!]!;
  const seconds = sign === '-' ? 1 : Math.max(1, Math.floor(ms / SECOND_MS));
  return { kind: 'every', delayMs: seconds * SECOND_MS };
}
