/** Milliseconds ↔ protobuf's Timestamp and Duration. */
import Long from 'long';
import type { google } from '../proto';

/**
 * Ids and seconds come as Long from the wire and from this code alike; 0 for none. Never `Number(long)`: that goes through
 * a string.
 */
export const idOf = (value: Long | number | null | undefined): number =>
  value === null || value === undefined ? 0 : typeof value === 'number' ? value : value.toNumber();

export const toTimestamp = (ms: number): google.protobuf.ITimestamp => {
  const seconds = Math.floor(ms / 1000);
  return { seconds: Long.fromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
};

export const toDuration = (ms: number): google.protobuf.IDuration => {
  const seconds = Math.trunc(ms / 1000);
  return { seconds: Long.fromNumber(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
};

/** 0 for none. Rounds up to whole milliseconds, so that a wait is never cut short. */
export const durationMs = (value: google.protobuf.IDuration | null | undefined): number =>
  value ? idOf(value.seconds) * 1000 + Math.ceil((value.nanos ?? 0) / 1e6) : 0;

export const timestampMs = (value: google.protobuf.ITimestamp | null | undefined): number =>
  value ? idOf(value.seconds) * 1000 + Math.floor((value.nanos ?? 0) / 1e6) : 0;
