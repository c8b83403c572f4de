/**
 * When a schedule starts its flow, and what happens at a time while the run before is open, in words.
 *
 * Rules
 * [WHW1] Words name the days, the times and the zone. Days in a row are a range, Monday to Friday are 'every weekday'.
 */
import type { Overlap, When } from '@/app/_contract/schedules';
import type { RadioOption } from '@/components/ui/radio-list';

export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
/** As a week is written. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;

/** [WHW1] */
export function whenWords(when: When): string {
  switch (when.kind) {
    case 'every':
      return when.count === 1 ? `Every ${when.unit.slice(0, -1)}` : `Every ${when.count} ${when.unit}`;
    case 'weekly':
      return `${daysWords(when.days)} at ${listed(when.times)}${zoneWords(when.zone)}`;
    case 'monthly':
      return `${dayOfMonthWords(when.day)} at ${listed(when.times)}${zoneWords(when.zone)}`;
    case 'cron':
      return `By cron ${when.text}${zoneWords(when.zone)}`;
  }
}

function daysWords(days: readonly number[]): string {
  const isIn = new Set(days);
  const chosen = WEEK.filter((day) => isIn.has(day));
  if (chosen.length === 7) return 'Every day';
  const at = chosen.map((day) => WEEK.indexOf(day));
  const isRow = at.every((place, index) => place === at[0]! + index);
  if (chosen.length === 5 && isRow && chosen[0] === 1) return 'Every weekday';
  const first = DAYS[chosen[0] ?? 0]!;
  if (isRow && chosen.length > 2) return `${first} to ${DAYS[chosen.at(-1)!]!}`;
  return `Every ${listed(chosen.map((day) => DAYS[day]!))}`;
}

function dayOfMonthWords(day: number | 'last'): string {
  if (day === 'last') return 'On the last day of the month';
  return day > 28 ? `On day ${day} of every month that has one` : `On day ${day} of the month`;
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${last}` : last;
}

const zoneWords = (zone: string): string => ` in ${zone.replaceAll('_', ' ')}`;

export const OVERLAP_OPTIONS: readonly RadioOption<Overlap>[] = [
  { value: 'skip', label: 'Skip the time', description: 'No run starts while the run before is open.' },
  { value: 'bufferOne', label: 'Wait, then start one', description: 'However many times pass, one run follows.' },
  { value: 'bufferAll', label: 'Wait, then start all', description: 'One run for each time, one after the other.' },
  {
    value: 'cancelOther',
    label: 'Stop the open run, then start',
    description: 'The open run undoes its effects first.',
  },
  {
    value: 'terminateOther',
    label: 'Kill the open run, then start',
    description: 'Nothing is undone: the effects of the killed run remain.',
  },
  { value: 'allowAll', label: 'Start beside it', description: 'Runs may overlap.' },
];
export const overlapWords = (overlap: Overlap): string =>
  OVERLAP_OPTIONS.find(({ value }) => value === overlap)?.label ?? overlap;
