/**
 * The name of an error, by which lists find and group runs: the type of the failure and, where a service answered, its
 * status or its own code. The message is no part of it, because it differs from run to run.
 */
import type { temporal } from '../proto';
import { timeoutName } from './retry';
import type { Failure } from './api';

const LONGEST = 100;
/** A code, not a sentence, which may differ from run to run. */
const CODE = /^[A-Za-z][\w.-]{0,39}$/;
const decoder = new TextDecoder();

/** 'HttpStatus 503', 'NotApplied CardDeclined', 'Timeout StartToClose'. At most 100 characters, on one line. */
export function errorName(failure: Failure): string {
  const { applicationFailureInfo: application, timeoutFailureInfo: timeout } = failure;
  if (application) {
    const type = application.type || 'ApplicationFailure';
    const code = codeOf(type, application.details);
    return tidy(code === null ? type : `${type} ${code}`);
  }
  if (timeout) return `Timeout ${timeoutName(timeout.timeoutType ?? 0)}`;
  if (failure.canceledFailureInfo) return 'Cancelled';
  if (failure.terminatedFailureInfo) return 'Terminated';
  return failure.serverFailureInfo ? 'ServerFailure' : 'Failure';
}

/** A backslash cannot be written in a filter. */
const tidy = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Surrogate}\u2028\u2029\\]+/gu, ' ')
    .trim()
    .slice(0, LONGEST)
    .trimEnd();

/** As `http.request` reports it (activities/http/failure.ts): the reason that the service gave, its code, or the status. */
function codeOf(type: string, details: temporal.api.common.v1.IPayloads | null | undefined): string | number | null {
  const data = details?.payloads?.[0]?.data;
  if (!data || data.length > 4_096) return null;
  try {
    const said: unknown = JSON.parse(decoder.decode(data));
    if (typeof said !== 'object' || said === null) return null;
    const { reason, error, status } = said as Record<string, unknown>;
    const code = [reason, error].find((each) => typeof each === 'string' && CODE.test(each) && each !== type);
    if (typeof code === 'string') return code;
    return typeof status === 'number' && Number.isInteger(status) && status >= 100 && status < 600 ? status : null;
  } catch {
    return null;
  }
}
