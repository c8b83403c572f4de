/**
 * Converts Temporal's history to the form that the browser reads. Accepts proto JSON (`{ events: [...] }` with base64
 * payloads) as well as the decoded messages of a client (Long, Uint8Array, `{ seconds, nanos }`), because both follow
 * the same contract.
 *
 * Rules
 * [EFH1] The type of an event is derived from the name of its attributes, so that numeric enums need no table.
 * [EFH2] json/plain and json/protobuf payloads are decoded without losing a digit, binary/null is null; any other is
 *      described by its encoding and size.
 * [EFH3] Event ids and attempts are numbers, instants ISO strings, durations '30s'.
 * [EFH4] An event that cannot be read keeps its place in the list with the type 'Unreadable'; it never causes an
 *      exception.
 */
import { decodePayload, type PayloadLike } from '../flow/values/payload';
import type { RunEvent } from './model';

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export function eventsFromHistory(history: { events?: readonly unknown[] | null } | null | undefined): RunEvent[] {
  return (history?.events ?? []).map((event, index) => {
    try {
      return runEventOf(event);
    } catch (error) {
      const id = isFields(event) ? (numberOf(event.eventId) ?? index + 1) : index + 1;
      return { id, timeMs: 0, type: 'Unreadable', attributes: { problem: String(error) } };
    }
  });
}

export function runEventOf(event: unknown): RunEvent {
  if (!isFields(event)) throw new TypeError('an event must be an object');
  const key = Object.keys(event).find((name) => name.endsWith('EventAttributes') && isFields(event[name]));
  const type = key ? upperFirst(key.slice(0, -'EventAttributes'.length)) : typeNameOf(event.eventType);
  const metadata = isFields(event.userMetadata) ? event.userMetadata : null;
  const summary = metadata && isPayload(metadata.summary) ? decodePayload(metadata.summary) : undefined;
  return {
    id: numberOf(event.eventId) ?? 0,
    timeMs: instantOf(event.eventTime) ?? 0,
    type,
    attributes: key ? (plain(event[key], '') as Fields) : {},
    ...(typeof summary === 'string' ? { summary } : {}),
  };
}

function typeNameOf(eventType: unknown): string {
  if (typeof eventType !== 'string') return 'Unknown';
  const words = eventType
    .replace(/^EVENT_TYPE_/, '')
    .toLowerCase()
    .split('_');
  return eventType.includes('_') ? words.map(upperFirst).join('') : eventType;
}
const upperFirst = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const WHOLE_NUMBER = /(EventId|^attempt$|^eventId$|Attempts$|^version$)/;

/** The plain data of one field. `key` decides the meaning of a number, or of a pair of seconds and nanos. */
function plain(value: unknown, key: string): unknown {
  if (value === null || value === undefined) return null;
  if (isPayload(value)) return decodePayload(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, key));
  if (value instanceof Uint8Array) return { bytes: value.length };
  if (!isFields(value)) return WHOLE_NUMBER.test(key) ? (numberOf(value) ?? value) : value;
  if (isLong(value)) return numberOf(value);
  if ('payloads' in value && Array.isArray(value.payloads)) return value.payloads.map((item) => plain(item, key));
  if (isPair(value)) return key.endsWith('Time') ? new Date(instantOf(value)!).toISOString() : secondsOf(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([name, item]) => [name, plain(item, name)])
  );
}

interface LongLike {
  low: number;
  high: number;
  unsigned: boolean;
}
const isLong = (value: Fields): boolean => typeof value.low === 'number' && typeof value.high === 'number';
const isPair = (value: Fields): boolean => {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => key === 'seconds' || key === 'nanos');
};
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  if (isFields(value) && isLong(value)) {
    const { low, high } = value as unknown as LongLike;
    return high * 2 ** 32 + (low >>> 0);
  }
  return null;
}
function instantOf(value: unknown): number | null {
  if (typeof value === 'string') {
    const ms = Date.parse(value);
    return Number.isNaN(ms) ? null : ms;
  }
  if (!isFields(value)) return null;
  return (numberOf(value.seconds) ?? 0) * 1_000 + Math.floor((numberOf(value.nanos) ?? 0) / 1e6);
}
const secondsOf = (value: Fields): string => `${(numberOf(value.seconds) ?? 0) + (numberOf(value.nanos) ?? 0) / 1e9}s`;

/** '30s' and '0.250s' → milliseconds; null if the value is not a duration. */
export function durationMsOf(value: unknown): number | null {
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)s$/.exec(value) : null;
  return match ? Math.round(Number(match[1]) * 1_000) : null;
}

function isPayload(value: unknown): value is PayloadLike {
  if (!isFields(value) || !isFields(value.metadata)) return false;
  return (
    'encoding' in value.metadata &&
    Object.keys(value).every((key) => key === 'metadata' || key === 'data' || key === 'externalPayloads')
  );
}
