/**
 * Calendars of schedules as people write them, in the structured form in which they are kept: fields of a
 * CalendarSpec ('1-5', 'mon-fri', '*'/15) and cron strings. As strict as a Temporal server
 * (service/worker/scheduler/calendar.go).
 *
 * Rules
 * [SCA1] A field is a list of values `x`, ranges `x-z` and steps `x-z/y`, where `x/y` goes on to the end of the field
 *        and '*' is all of it. Months and days of the week have names, of which three and two letters are enough;
 *        Sunday is 0 and 7.
 * [SCA2] A field that is left out is 0 for the time of the day, and every day, month and year otherwise.
 * [SCA3] A cron string has five fields, six with the year, seven with the second before and the year after; before them
 *        CRON_TZ= or TZ=, behind them a comment after '#'. '@daily' and its like, and '@every 1h30m/15m' with its
 *        phase, are cron strings too. Days of the month and of the week must both match.
 * [SCA4] What cannot be read is refused with the field and the reason.
 */
import { toDuration } from '../proto-time';
import type { temporal } from '../proto';

export type Spec = temporal.api.schedule.v1.IScheduleSpec;
export type StructuredCalendar = temporal.api.schedule.v1.IStructuredCalendarSpec;
export type Range = temporal.api.schedule.v1.IRange;
type Calendar = temporal.api.schedule.v1.ICalendarSpec;
type Interval = temporal.api.schedule.v1.IIntervalSpec;

/** The spec of a schedule cannot be carried out. The message ends a sentence. */
export class SpecError extends Error {
  override name = 'SpecError';
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

interface Field {
  /** As in the protocol, for messages. */
  title: string;
  least: number;
  most: number;
  /** What an empty text means. */
  left: string;
  names?: { words: readonly string[]; letters: number; first: number };
}
export const FIELDS = {
  second: { title: 'Second', least: 0, most: 59, left: '0' },
  minute: { title: 'Minute', least: 0, most: 59, left: '0' },
  hour: { title: 'Hour', least: 0, most: 23, left: '0' },
  dayOfMonth: { title: 'DayOfMonth', least: 1, most: 31, left: '*' },
  month: { title: 'Month', least: 1, most: 12, left: '*', names: { words: MONTHS, letters: 3, first: 1 } },
  year: { title: 'Year', least: 2000, most: 2100, left: '*' },
  dayOfWeek: { title: 'DayOfWeek', least: 0, most: 6, left: '*', names: { words: DAYS, letters: 2, first: 0 } },
} as const satisfies Record<string, Field>;
export type FieldName = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[];

/** Throws SpecError with what is wrong in all of its fields. */
export function structured(calendar: Calendar): StructuredCalendar {
  const problems: string[] = [];
  const read = (name: FieldName): Range[] => {
    try {
      return rangesOf(calendar[name] ?? '', name);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      problems.push(error.message);
      return [];
    }
  };
  const fields = Object.fromEntries(FIELD_NAMES.map((name) => [name, read(name)]));
  if (problems.length > 0) throw new SpecError(problems.join(', '));
  return { ...fields, comment: calendar.comment ?? '' };
}

export interface Cron {
  calendar: StructuredCalendar | null;
  interval: Interval | null;
  /** '' if the string names none. */
  zone: string;
}

/** Throws SpecError. */
export function readCron(text: string): Cron {
  let rest = text.trim();
  let zone = '';
  if (/^(CRON_)?TZ=/.test(rest)) {
    const end = rest.indexOf(' ');
    if (end < 0) throw new SpecError('CronString has time zone but missing fields');
    zone = rest.slice(rest.indexOf('=') + 1, end);
    rest = rest.slice(end + 1);
  }
  const [fields = '', ...comments] = rest.split('#');
  const comment = comments.join('#').trim();
  rest = fields.trim();
  if (rest.startsWith('@every')) return { calendar: null, interval: every(rest), zone: '' };
  const words = (NAMED[rest] ?? rest).split(/\s+/).filter((word) => word !== '');
  const order = ORDERS[words.length];
  if (!order) throw new SpecError('CronString does not have 5-7 fields');
  const calendar = Object.fromEntries(order.map((name, index) => [name, words[index]]));
  return { calendar: structured({ ...calendar, comment }), interval: null, zone };
}

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const FIVE = ['minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'] as const satisfies FieldName[];
const ORDERS: Readonly<Record<number, readonly FieldName[]>> = {
  5: FIVE,
  6: [...FIVE, 'year'],
  7: ['second', ...FIVE, 'year'],
};

function every(text: string): Interval {
  const [, rest] = /^@every\s(.*)$/s.exec(text) ?? [];
  if (rest === undefined) throw new SpecError('CronString does not have interval after @every');
  const [interval = '', phase] = rest.split('/', 2);
  return {
    interval: toDuration(durationOf(interval)),
    ...(phase ? { phase: toDuration(durationOf(phase)) } : {}),
  };
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A Go duration, or whole days: '90s', '1h30m', '2d'. */
function durationOf(text: string): number {
  const trimmed = text.trim();
  if (!/^(\d+d|((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+)$/.test(trimmed))
    throw new SpecError(`CronString has the duration '${trimmed}', which cannot be read`);
  let ms = 0;
  for (const [, amount, unit] of trimmed.matchAll(/([\d.]+)([a-zµ]+)/g)) ms += Number(amount) * UNITS_MS[unit!]!;
  return ms;
}

/** No range for every year. */
function rangesOf(text: string, name: FieldName): Range[] {
  const field: Field = FIELDS[name];
  const written = text.trim() || field.left;
  if (written === '*' && name === 'year') return [];
  return written.split(',').flatMap((part) => readPart(part, field, name === 'dayOfWeek'));
}

/** `isWeek`: 7 is Sunday as well. */
function readPart(part: string, field: Field, isWeek: boolean): Range[] {
  const { title, least } = field;
  const most = isWeek ? 7 : field.most;
  const slashes = part.split('/');
  if (slashes.length > 2) throw new SpecError(`${title} has too many slashes`);
  const [value = '', stepText] = slashes;
  if (stepText === '') throw new SpecError(`${title} missing step value`);
  const step = stepText === undefined ? 1 : (numberOf(stepText) ?? 0);
  if (step < 1) throw new SpecError(`${title} has invalid Step`);
  const dashes = value.split('-');
  if (dashes.length > 2) throw new SpecError(`${title} has too many dashes`);
  const between = `[${least}-${most}]`;
  const bound = (word: string, from: number, otherwise: string): number => {
    const found = valueOf(word, field);
    if (found === null || found < from || found > most) throw new SpecError(`${title} ${otherwise} ${between}`);
    return found;
  };
  let [start, end] = [least, most];
  if (dashes.length === 2) {
    start = bound(dashes[0]!, least, 'Start is not in range');
    end = bound(dashes[1]!, start, 'End is before Start or not in range');
  } else if (value !== '*') {
    start = bound(value, least, 'is not in range');
    if (stepText === undefined) end = start;
  }
  const sunday: Range[] = [];
  if (isWeek && end === 7) {
    // A range from 0 or 1 in steps of one has the 0 of Sunday, or gets it here.
    if ((7 - start) % step === 0 && (step > 1 || start > 0)) sunday.push({ start: 0, end: 0, step: 0 });
    if (start === 7) return sunday;
    end = 6;
  }
  return [...sunday, { start, end: start === end ? 0 : end, step: step === 1 ? 0 : step }];
}

function valueOf(word: string, { names }: Field): number | null {
  if (names && word.length >= names.letters) {
    const at = names.words.findIndex((each) => each.startsWith(word.toLowerCase()));
    if (at >= 0) return at + names.first;
  }
  return numberOf(word);
}

const numberOf = (text: string): number | null => (/^[+-]?\d{1,9}$/.test(text) ? Number(text) : null);
