/** Milliseconds ↔ protobuf's Timestamp and Duration: the one place that says how they are rounded. */
import Long from 'long';
import type { google } from './proto';

/** What is left of a Long that came from another thread: the copy of an object has no methods. */
type Bits = Pick<Long, 'low' | 'high' | 'unsigned'>;

/**
 * Ids and seconds come as Long from the wire and from this code alike, and as its bits in what the thread of the
 * workflows sends; 0 for none. Never `Number(long)`: that goes through a string.
 */
export const idOf = (value: Bits | number | null | undefined): number =>
  value === null || value === undefined ? 0 : typeof value === 'number' ? value : Long.fromValue(value).toNumber();

export const toTimestamp = (ms: number): google.protobuf.ITimestamp => {
  const seconds = Math.floor(ms / 1000);
  return { seconds: Long.fromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
};

export const toDuration = (ms: number): google.protobuf.IDuration => {
  const seconds = Math.trunc(ms / 1000);
  return { seconds: Long.fromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
};

/** Timestamp and Duration as they are decoded. */
interface Pair {
  seconds?: Long | number | null;
  nanos?: number | null;
}

/** 0 for none. Rounds up to whole milliseconds, so that a wait is never cut short: for whatever is waited for. */
export const durationMs = (value: Pair | null | undefined): number =>
  value ? idOf(value.seconds) * 1000 + Math.ceil((value.nanos ?? 0) / 1e6) : 0;

/** 0 for none. Rounds down to the millisecond in which the instant is. */
export const timestampMs = (value: Pair | null | undefined): number =>
  value ? idOf(value.seconds) * 1000 + Math.floor((value.nanos ?? 0) / 1e6) : 0;

/**
 * 0 for none. Rounds down, as the official SDK does: for durations that workflow code reads, which must be the same on
 * every replay.
 */
export const durationMsOfSdk = (value: Pair | null | undefined): number => timestampMs(value);
