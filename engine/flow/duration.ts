/** Durations as documents write them. */
import { z } from 'zod';

const UNITS_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** '5m' → 300000. NaN for a text that `durationSchema` rejects. */
export function durationMs(duration: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
}

const LONGEST_DURATION_MS = durationMs('36500d');
/** '250ms', '30s', '5m', '12h', '30d'. */
export const durationSchema = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "a number and a unit: '250ms', '30s', '5m', '12h', '30d'")
  .refine((duration) => !(durationMs(duration) > LONGEST_DURATION_MS), 'at most 100 years');
