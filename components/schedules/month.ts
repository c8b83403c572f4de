/**
 * A month of a schedule, day by day in its time zone. Pure.
 *
 * Rules
 * [MOV1] A time is on the day that it has in the zone of the schedule.
 * [MOV3] The times of an interval are its multiples since 1970, however many there are.
 * [MOV2] The grid has whole weeks from Monday on; days of other months are empty.
 */
import type { When } from '@/app/_contract/schedules';
import { formatClock, formatIsoDay } from '@/engine/flow/values/format';

export interface MonthDay {
  /** '2026-02-28' */
  date: string;
  day: number;
  times: number[];
}
/** Null: a day of another month. */
export type Week = (MonthDay | null)[];

const DAY_MS = 86_400_000;

/** '2026-02' */
export const monthOf = (atMs: number, zone: string): string => dateOf(atMs, zone).slice(0, 7);

/** '2026-02-28' */
export const dateOf = formatIsoDay;

const UNIT_MS = { minutes: 60_000, hours: 3_600_000, days: DAY_MS };

/** [MOV3] */
export function timesOfInterval(
  { count, unit }: Extract<When, { kind: 'every' }>,
  { from, until }: { from: number; until: number }
): number[] {
  const everyMs = count * UNIT_MS[unit];
  const first = Math.ceil(from / everyMs);
  const last = Math.floor(until / everyMs);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * everyMs);
}

/** Wider than the month by a day, whatever the zone is. */
export function rangeOf(month: string): { from: number; until: number } {
  return {
    from: Date.parse(`${month}-01T00:00:00Z`) - DAY_MS,
    until: Date.parse(`${nextMonth(month)}-01T00:00:00Z`) + DAY_MS,
  };
}

export const nextMonth = (month: string): string => moved(month, 1);
export const monthBefore = (month: string): string => moved(month, -1);

function moved(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** [MOV1] [MOV2] */
export function weeksOf(month: string, times: readonly number[], zone: string): Week[] {
  const byDate = new Map<string, number[]>();
  for (const atMs of times) {
    const date = dateOf(atMs, zone);
    byDate.set(date, [...(byDate.get(date) ?? []), atMs]);
  }
  const firstMs = Date.parse(`${month}-01T00:00:00Z`);
  const count = Math.round((Date.parse(`${nextMonth(month)}-01T00:00:00Z`) - firstMs) / DAY_MS);
  const before = (new Date(firstMs).getUTCDay() + 6) % 7;
  const days: Week = Array.from({ length: before }, () => null);
  for (let day = 1; day <= count; day++) {
    const date = `${month}-${String(day).padStart(2, '0')}`;
    days.push({ date, day, times: byDate.get(date) ?? [] });
  }
  while (days.length % 7 > 0) days.push(null);
  return Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}

/** '09:00', with seconds where there are any. */
export function clockOf(atMs: number, zone: string): string {
  const text = formatClock(atMs, zone);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}
