/** Durations that came from another thread: structured clone removes the class of 64-bit numbers. */
import Long from 'long';
import type { google, temporal } from '../../proto';

type Duration = google.protobuf.IDuration | null | undefined;

export function reviveDuration(duration: Duration): google.protobuf.IDuration | null {
  if (!duration) return null;
  const { seconds } = duration;
  return {
    seconds: seconds ? Long.fromBits(seconds.low, seconds.high, seconds.unsigned) : Long.ZERO,
    nanos: duration.nanos,
  };
}

export function reviveRetryPolicy(
  policy: temporal.api.common.v1.IRetryPolicy | null | undefined
): temporal.api.common.v1.IRetryPolicy | null {
  if (!policy) return null;
  return {
    ...policy,
    initialInterval: reviveDuration(policy.initialInterval),
    maximumInterval: reviveDuration(policy.maximumInterval),
  };
}
