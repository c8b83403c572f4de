/**
 * Payloads that are sent to another thread. Structured clone copies the whole buffer behind a view, and decoded
 * payloads are views of a whole batch of history. So each payload gets a buffer of its own.
 */
import type { temporal } from '../../proto';

type Payload = temporal.api.common.v1.IPayload;
type Failure = temporal.api.failure.v1.IFailure;

export function ownPayload(payload: Payload): Payload {
  const metadata: Record<string, Uint8Array> = {};
  for (const [key, value] of Object.entries(payload.metadata ?? {})) metadata[key] = new Uint8Array(value);
  return { metadata, data: new Uint8Array(payload.data ?? []) };
}

export function ownPayloads(payloads: temporal.api.common.v1.IPayloads | null | undefined): Payload[] {
  return (payloads?.payloads ?? []).map(ownPayload);
}

export function ownFields(fields: Record<string, Payload> | null | undefined): Record<string, Payload> {
  return Object.fromEntries(Object.entries(fields ?? {}).map(([key, value]) => [key, ownPayload(value)]));
}

const ownList = (list: temporal.api.common.v1.IPayloads | null | undefined) =>
  list ? { payloads: ownPayloads(list) } : undefined;

/** A failure, with its causes and details, as plain objects. */
export function ownFailure(failure: Failure): Failure {
  const own: Failure = { ...failure };
  if (failure.encodedAttributes) own.encodedAttributes = ownPayload(failure.encodedAttributes);
  if (failure.cause) own.cause = ownFailure(failure.cause);
  const { applicationFailureInfo: application, canceledFailureInfo: canceled, timeoutFailureInfo: timeout } = failure;
  if (application) own.applicationFailureInfo = { ...application, details: ownList(application.details) };
  if (canceled) own.canceledFailureInfo = { ...canceled, details: ownList(canceled.details) };
  if (timeout) own.timeoutFailureInfo = { ...timeout, lastHeartbeatDetails: ownList(timeout.lastHeartbeatDetails) };
  return own;
}
