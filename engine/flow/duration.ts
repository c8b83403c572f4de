/** Durations as documents write them. */

const UNITS_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** '5m' → 300000. NaN for anything that `durationSchema` refuses. */
export function durationMs(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
}
