/** Durations, as a flow is written with them. Pure: documents and screens read them with this too. */

/** Milliseconds, or a number and a unit: '250ms', '30s', '5m', '12h', '30d'. */
export type Duration = number | string;

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** '5m' → 300000. NaN for a text that is no duration. */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number') return duration;
  const [, amount, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}

/** 100 years. No cluster accepts longer timers. */
export const LONGEST_MS = milliseconds('36500d');
