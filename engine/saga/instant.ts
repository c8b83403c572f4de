/**
 * Parses the instants that flows write. `Date.parse` is never used, because it accepts almost any text and reads a
 * time without an offset in the zone of the machine: the same run would wait for another time on another machine.
 *
 * Rules
 * [SI1] A date and a time with an offset is an instant: '2026-11-28T17:00:00Z', '2026-11-28T17:00+01:00'.
 * [SI2] A date, or a date and a time without an offset, is an instant only in a named zone ('Europe/Berlin'). A date
 *      begins at midnight. If a local time occurs twice (clocks go back) the first one counts. A local time that is
 *      skipped (clocks go forward) is read as if the clocks had not changed, so it is never too early.
 * [SI3] Every other text is not an instant; neither is a date or time that does not exist: 30 February, 25:00.
 */

const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?([Zz]|([+-])(\d{2})(?::?(\d{2}))?)?)?$/;

/** Milliseconds since 1970; null if the text is not an instant. `zone`: an IANA name, for texts without an offset. */
export function instantMs(text: unknown, zone?: string): number | null {
  const found = typeof text === 'string' && text.length <= 40 ? INSTANT.exec(text) : null;
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((digits) => Number(digits ?? 0)) as Numbers;
  const localMs = utcMs(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1_000 + fractionMs(found[7]);
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  // A leap second is read as the following second.
  if (!exists || hour > 23 || minute > 59 || second > 60) return null;
  if (found[8] === undefined) return zone === undefined ? null : inZone(localMs, zone);
  const [offsetHours, offsetMinutes] = [Number(found[10] ?? 0), Number(found[11] ?? 0)];
  if (offsetHours > 23 || offsetMinutes > 59) return null;
  return localMs - (found[9] === '-' ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
}

/** True if this JavaScript runtime has the rules of the zone. */
export function isZone(zone: string): boolean {
  try {
    // Only a name: an offset such as '+02:00' has no rules for daylight saving time.
    return /^[A-Za-z]/.test(zone) && formatOf(zone).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

type Numbers = [number, number, number, number, number, number];

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999. */
function utcMs(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

const daysIn = (year: number, month: number): number => new Date(utcMs(year, month + 1, 0)).getUTCDate();

const fractionMs = (digits = ''): number => Number(digits.padEnd(3, '0').slice(0, 3));

/**
 * Local time in a zone → instant, by the zone rules of this JavaScript runtime. They may differ between versions of
 * the runtime.
 */
function inZone(localMs: number, zone: string): number {
  const offsets = [-DAY_MS, DAY_MS].map((away) => offsetMs(localMs + away, zone));
  const instants = offsets.map((offset) => localMs - offset);
  const real = instants.filter((instant) => instant + offsetMs(instant, zone) === localMs);
  // A skipped local time has no instant: it is read with the offset that was in effect before.
  return real.length > 0 ? Math.min(...real) : (instants[0] as number);
}
const DAY_MS = 86_400_000;

/** The offset of the zone from UTC at an instant. */
function offsetMs(atMs: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)])
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local =
    utcMs(part('year'), part('month'), part('day')) +
    ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1_000;
  return local - Math.floor(atMs / 1_000) * 1_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const numeric = 'numeric';
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
}
