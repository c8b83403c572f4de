/** The time zones that this JavaScript runtime has the rules of, and the one that a misspelt name means. Pure. */
import { nearestName } from './nearest-name';

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
