/** Durations as documents write them. */
import { z } from 'zod';
import { LONGEST_MS, milliseconds } from '../saga/duration';

/** '5m' → 300000. NaN for a text that `durationSchema` rejects. */
export const durationMs = (duration: string): number => milliseconds(duration);

/** '250ms', '30s', '5m', '12h', '30d'. */
export const durationSchema = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "a number and a unit: '250ms', '30s', '5m', '12h', '30d'")
  .refine((duration) => !(durationMs(duration) > LONGEST_MS), 'at most 100 years');
