/**
 * The spec of a schedule in the form in which it is kept and described: structured calendars, intervals and one time
 * zone. As strict as a Temporal server (service/worker/scheduler/spec.go).
 *
 * Rules
 * [SCS1] Calendars and cron strings become structured calendars or intervals; the zone of the cron strings becomes that
 *        of the spec, and all of them have to name the same one.
 * [SCS2] Values outside of their fields, a comment of more than 200 characters, an interval of less than a second, a
 *        phase that is not shorter than its interval, and unknown time zones are refused. Time zone data are refused
 *        by name: the zones are those of this runtime.
 * [SCS3] A spec has at most 200 calendars, intervals and cron strings, because each of them is asked for its next time.
 */
import { durationMs } from '../proto-time';
import { isTimeZone } from '../time-zone';
import { FIELDS, FIELD_NAMES, readCron, SpecError, structured, type Spec, type StructuredCalendar } from './calendar';

const LONGEST_COMMENT = 200;
const MOST_PARTS = 200;

/** Throws SpecError. */
export function canonicalSpec(spec: Spec): Spec {
  if (spec.timezoneData && spec.timezoneData.length > 0) throw new SpecError('timezone_data is not supported');
  const crons = (spec.cronString ?? []).map(readCron);
  const zones = new Set(crons.map(({ zone }) => zone));
  const [cronZone = ''] = zones;
  const named = spec.timezoneName ?? '';
  const isAtOdds = zones.size > 1 || (cronZone !== '' && named !== '' && cronZone !== named);
  if (isAtOdds) throw new SpecError('conflicting timezone names');
  const canonical: Spec = {
    structuredCalendar: [
      ...(spec.structuredCalendar ?? []),
      ...(spec.calendar ?? []).map(structured),
      ...crons.flatMap(({ calendar }) => calendar ?? []),
    ],
    interval: [...(spec.interval ?? []), ...crons.flatMap(({ interval }) => interval ?? [])],
    excludeStructuredCalendar: [
      ...(spec.excludeStructuredCalendar ?? []),
      ...(spec.excludeCalendar ?? []).map(structured),
    ],
    startTime: spec.startTime ?? null,
    endTime: spec.endTime ?? null,
    jitter: spec.jitter ?? null,
    timezoneName: cronZone || named,
  };
  const { structuredCalendar, interval, excludeStructuredCalendar } = canonical;
  const parts = structuredCalendar!.length + interval!.length + excludeStructuredCalendar!.length;
  if (parts > MOST_PARTS) throw new SpecError(`${parts} calendars and intervals are more than ${MOST_PARTS}`);
  for (const calendar of [...structuredCalendar!, ...excludeStructuredCalendar!]) checkCalendar(calendar);
  for (const each of interval!) {
    const [everyMs, phaseMs] = [durationMs(each.interval), durationMs(each.phase)];
    if (everyMs < 1_000) throw new SpecError('interval is too small');
    if (phaseMs < 0) throw new SpecError('phase is negative');
    if (phaseMs >= everyMs) throw new SpecError('phase cannot be greater than Interval');
  }
  if (!isTimeZone(zoneOf(canonical))) throw new SpecError(`unknown time zone ${canonical.timezoneName}`);
  return canonical;
}

/** UTC if the spec names none. */
export const zoneOf = ({ timezoneName }: Spec): string => timezoneName || 'UTC';

function checkCalendar(calendar: StructuredCalendar): void {
  const problems: string[] = [];
  for (const name of FIELD_NAMES) {
    const { title, least, most } = FIELDS[name];
    const between = `[${least}-${most}]`;
    for (const range of calendar[name] ?? []) {
      const [start, end, step] = [range.start ?? 0, range.end ?? 0, range.step ?? 0];
      if (start < least || start > most) problems.push(`${title} Start is not in range ${between}`);
      if (end !== 0 && (end < start || end > most))
        problems.push(`${title} End is before Start or not in range ${between}`);
      if (step < 0) problems.push(`${title} has invalid Step`);
    }
  }
  if ((calendar.comment ?? '').length > LONGEST_COMMENT) problems.push('comment is too long');
  if (problems.length > 0) throw new SpecError(`invalid calendar spec: ${problems.join(', ')}`);
}
