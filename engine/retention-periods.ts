/**
 * How long closed runs of a flow are kept, where that differs from their namespace. The periods are kept in the data of the
 * namespace (texts by name), so that every Temporal client can read them; only this engine enforces them.
 */
import { typePrefix } from './permissions/permissions';

const PREFIX = 'backstitch.retention.';
const MOST_DAYS = 36_500;

/** Days by flow; 0: for ever. What nobody can read as a period counts as none. */
export function flowPeriodsOf(data: Readonly<Record<string, string>> | null | undefined): Map<string, number> {
  const periods = new Map<string, number>();
  for (const [name, text] of Object.entries(data ?? {})) {
    const days = Number(text);
    if (!name.startsWith(PREFIX) || !/^\d{1,5}$/.test(text) || days > MOST_DAYS) continue;
    periods.set(name.slice(PREFIX.length), days);
  }
  return periods;
}

/** The data that sets the period of a flow. Null: as its namespace; 0: for ever. */
export const flowPeriodData = (flow: string, days: number | null): Record<string, string> => ({
  [`${PREFIX}${flow}`]: days === null ? '' : String(days),
});

/** Null: for ever. */
export function daysKept(
  workflowType: string,
  { periods, ofNamespace }: { periods: ReadonlyMap<string, number>; ofNamespace: number | null }
): number | null {
  for (const [flow, days] of periods) if (workflowType.startsWith(typePrefix(flow))) return days === 0 ? null : days;
  return ofNamespace;
}
