/**
 * Formats values for people. Pure and the same on server and client: one fixed locale, the time zone as an argument,
 * so that hydration never changes a number.
 */

const LOCALE = 'en-GB';
/** An IANA zone, or undefined for the zone of the machine. */
export type Zone = string | undefined;

/** `1m 04s`, `38s`, `420ms`, `2h 05m`, `3d 04h`. Two units at most. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 1_000) return `${whole}ms`;
  if (whole < 10_000) return `${(Math.floor(whole / 100) / 10).toFixed(1)}s`;
  const seconds = Math.floor(whole / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h ${two(Math.floor(seconds / 60) % 60)}m`;
  return `${Math.floor(seconds / 86_400)}d ${two(Math.floor(seconds / 3_600) % 24)}h`;
}

/** '60 days', '1 hour 30 minutes', '0.5 seconds': for sentences. Two units at most. */
export function durationInWords(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole > 0 && whole < 1_000) return `${whole / 1_000} seconds`;
  let left = Math.round(whole / 1_000);
  const parts = UNITS.flatMap(([name, seconds]) => {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    return [{ count, words: `${count} ${name}${count === 1 ? '' : 's'}` }];
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return '0 seconds';
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ words }) => words)
    .join(' ');
}
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** '250ms', '30s', '5m', '12h', '30d' and ISO 8601 `PT1H30M` → milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const short = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (short) return Number(short[1]) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[short[2] as 'ms'];
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (!iso || text === 'P' || text.endsWith('T')) return null;
  const part = (index: number) => Number(iso[index] ?? 0);
  return part(1) * 86_400_000 + part(2) * 3_600_000 + part(3) * 60_000 + part(4) * 1_000;
}

/**
 * `just now`, `12s ago`, `in 4m`, `3h ago`: always a number, never `yesterday`, so that rows are aligned. A future
 * time is counted down to its last second, and has a second unit where one would say too little: `in 1h 58m`.
 */
export function formatRelative(atMs: number, nowMs: number): string {
  const delta = atMs - nowMs;
  const size = Math.abs(delta);
  if (delta <= 0 && size < 5_000) return 'just now';
  if (size < 1_000) return 'now';
  const [largest, next] = countsOf(size);
  const words =
    delta > 0 && largest.count < 10 && next && next.count > 0 ? `${largest.words} ${next.words}` : largest.words;
  return delta < 0 ? `${words} ago` : `in ${words}`;
}

interface Count {
  count: number;
  words: string;
}
/** Rounded down to the largest unit that fits, and the rest to the unit below it if that is at least a minute. */
function countsOf(ms: number): [largest: Count, next?: Count] {
  const of = (unitMs: number, wholeMs: number, unit: string): Count => {
    const count = Math.floor((ms % wholeMs) / unitMs);
    return { count, words: `${count}${unit}` };
  };
  if (ms < 60_000) return [of(1_000, 60_000, 's')];
  const minutes = of(60_000, 3_600_000, 'm');
  if (ms < 3_600_000) return [minutes];
  const hours = of(3_600_000, 86_400_000, 'h');
  if (ms < 86_400_000) return [hours, minutes];
  const year = 365 * 86_400_000;
  if (ms < 2 * year) return [of(86_400_000, Infinity, 'd'), hours];
  return [of(year, Infinity, 'y'), of(86_400_000, year, 'd')];
}

/** `21 Nov 2026, 09:14:05.120 UTC`: the exact instant, with the name of the zone. */
export function formatInstant(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(ms);
}
/** `21 Nov 2026, 09:14 UTC` */
export function formatMinute(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(ms);
}
/** `09:14:05` */
export function formatClock(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(ms);
}
/** `21 Nov 2026` */
export function formatDay(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, day: 'numeric', month: 'short', year: 'numeric' }).format(
    ms
  );
}

/** `21 Nov, 06:15`: where the year is plain. */
export function formatShort(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);
}
/** `14:05`, where the day is said elsewhere. */
export function formatHour(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(ms);
}
/** `Saturday, 28 November 2026` */
export function formatLongDay(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, {
    timeZone: zone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(ms);
}
/** `Sat, 28 Nov 2026` */
export function formatWeekday(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(ms);
}
/** `November 2026` */
export function formatMonth(ms: number, zone: Zone): string {
  return new Intl.DateTimeFormat(LOCALE, { timeZone: zone, month: 'long', year: 'numeric' }).format(ms);
}
/** `2026-02-28`; the calendar of Sweden is written that way. */
export function formatIsoDay(ms: number, zone: string): string {
  const format = isoDays.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  isoDays.set(zone, format);
  return format.format(ms);
}
const isoDays = new Map<string, Intl.DateTimeFormat>();

/** `order-8841-5f…c09d`: the start and the end are kept, because ids differ there. */
export function shortenMiddle(text: string, length = 18): string {
  if (text.length <= length) return text;
  const tail = Math.floor((length - 1) / 3);
  return `${text.slice(0, length - 1 - tail)}…${text.slice(-tail)}`;
}

/** `shippingAddress` and `shipping_address` → `Shipping address`, for properties without a title. */
export function wordsOf(key: string): string {
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
