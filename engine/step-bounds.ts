/**
 * The durations between which steps are counted, and the only ones that a rule can compare with: so what is counted is exact.
 * Released: rows of before are counted by their place here, so bounds are never changed. New ones need new rows.
 */
export const STEP_BOUNDS_SECONDS = [
  0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800,
  86_400,
] as const;

/** How many of the bounds this is longer than. */
export const stepBucket = (ms: number): number => STEP_BOUNDS_SECONDS.filter((bound) => ms > bound * 1_000).length;

/** Steps that took longer than this bound have this bucket, or a higher one. */
export const firstBucketOver = (ms: number): number =>
  STEP_BOUNDS_SECONDS.filter((bound) => bound * 1_000 <= ms).length;
