/** The limits that apply, and how payloads are compared with them. */
import type { HistoryLimits, Payload, Payloads, Rules } from './api';

export const defaultLimits: HistoryLimits = {
  suggestContinueAsNewEvents: 4_096,
  suggestContinueAsNewBytes: 4 * 1024 * 1024,
  maxEvents: 51_200,
  maxBytes: 50 * 1024 * 1024,
  maxPayloadBytes: 2 * 1024 * 1024,
  maxPendingActivities: 2_000,
  maxPendingTimers: 2_000,
  maxPendingMessages: 2_000,
  turnBackShare: 0.8,
  maxSignals: 10_000,
  maxBufferedEvents: 1_000,
  maxInFlightUpdates: 10,
  maxTotalUpdates: 2_000,
};

const LEAST_SUGGESTED = 20;

/** BACKSTITCH_SUGGEST_NEW_RUN_EVENTS, or as a Temporal server. Throws if it is no number of events. */
export function readSuggestedAt({ BACKSTITCH_SUGGEST_NEW_RUN_EVENTS: text }: NodeJS.ProcessEnv): number {
  if (!text) return defaultLimits.suggestContinueAsNewEvents;
  const events = Number(text);
  if (Number.isInteger(events) && events >= LEAST_SUGGESTED && events <= defaultLimits.maxEvents) return events;
  throw new Error(
    `BACKSTITCH_SUGGEST_NEW_RUN_EVENTS: '${text}' is not a number of events from ${LEAST_SUGGESTED} to ${defaultLimits.maxEvents}.`
  );
}

export const defaultRules: Rules = {
  limits: defaultLimits,
  isPolled: () => false,
  isCounted: () => false,
  admitAttributes: (_namespace, fields) => ({ fields }),
  showsErrors: () => true,
  stepOfExpression: (_type, _revision, { nodeId, after }) => (nodeId !== '' && !after ? nodeId : null),
};

export function payloadBytes(payload: Payload | null | undefined): number {
  if (!payload) return 0;
  let size = payload.data?.length ?? 0;
  for (const key in payload.metadata) size += key.length + (payload.metadata[key]?.length ?? 0);
  return size;
}

export function payloadsBytes(payloads: Payloads | null | undefined): number {
  let size = 0;
  for (const payload of payloads?.payloads ?? []) size += payloadBytes(payload);
  return size;
}

export function fieldsBytes(fields: Record<string, Payload> | null | undefined): number {
  let size = 0;
  for (const key in fields) size += key.length + payloadBytes(fields[key]);
  return size;
}
