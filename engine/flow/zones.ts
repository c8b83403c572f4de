/** The time zones that this JavaScript runtime has the rules of, and the one that a misspelt name means. Pure. */
import { localOffsetMs } from '../time-zone';
import { nearestName } from './nearest-name';

export { isTimeZone } from '../time-zone';

/** IANA names, 'UTC' first. */
export const zones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone').filter(isOther)];
const isOther = (zone: string) => zone !== 'UTC';

/**
 * The zone of that name without regard to spaces, the zone of that city, or the one whose name differs in a few
 * letters. Null: there is none, or more than one.
 */
export function nearestZone(given: string): string | null {
  const all = zones();
  const plain = plainly(given);
  const cities = all.filter((zone) => plainly(zone) === plain || plainly(zone.split('/').at(-1)!) === plain);
  if (cities.length > 0) return cities.length === 1 ? cities[0]! : null;
  return nearestName(given.trim(), all);
}
const plainly = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, ' ');

/** Zones are found by these names too: browsers list some of them under the name of before. */
export const nowCalled: Readonly<Record<string, string>> = {
  'Asia/Calcutta': 'Kolkata',
  'Asia/Katmandu': 'Kathmandu',
  'Asia/Rangoon': 'Yangon',
  'Asia/Saigon': 'Ho Chi Minh City',
  'Europe/Kiev': 'Kyiv',
  'America/Godthab': 'Nuuk',
  'America/Buenos_Aires': 'Argentina',
  'Africa/Asmera': 'Asmara',
  'Atlantic/Faeroe': 'Faroe',
  'Pacific/Truk': 'Chuuk',
  'Pacific/Ponape': 'Pohnpei',
};

/** '2026-11-21T06:15': the content of a `datetime-local` field. Without a zone, that of the machine. */
export function toLocalField(ms: number, zone: string | undefined): string {
  const offsetMs = zone === undefined ? -new Date(ms).getTimezoneOffset() * 60_000 : localOffsetMs(zone, ms);
  return new Date(ms + offsetMs).toISOString().slice(0, 16);
}

/**
 * Null if the text is not a complete date and time. A time that a change of the clock leaves out is the one as long after
 * it; of a time that it repeats, the first one.
 */
export function fromLocalField(text: string, zone: string | undefined): number | null {
  const local = Date.parse(zone === undefined ? text : `${text}Z`);
  if (Number.isNaN(local) || zone === undefined) return Number.isNaN(local) ? null : local;
  // The offset may change between the first guess and the instant.
  const before = local - localOffsetMs(zone, local - DAY_MS);
  const after = local - localOffsetMs(zone, local + DAY_MS);
  return [before, after].find((ms) => ms + localOffsetMs(zone, ms) === local) ?? before;
}
const DAY_MS = 86_400_000;
