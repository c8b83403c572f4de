/** The failures of `http.request`, by type. Of the request they contain only method, origin and path. */
import { ApplicationFailure } from '@temporalio/common';
import { NOT_APPLIED_STATUSES, RETRYABLE_STATUSES } from './definition';
import { retryAfterMs } from './retry-after';
import type { Received } from './send';

export function failure(type: string, nonRetryable: boolean, message: string, details?: unknown[]): ApplicationFailure {
  return ApplicationFailure.create({ type, nonRetryable, message, details });
}

/** The step itself is wrong, so another attempt changes nothing. */
export const invalid = (message: string): ApplicationFailure => failure('InvalidRequest', true, message);

/**
 * The meaning of a status outside 2xx. `where` identifies the request; `hide` removes secrets from a text that people
 * read.
 */
export function statusFailure(
  where: string,
  { status, headers, text }: Received,
  rules: { retryableStatuses?: number[]; notAppliedStatuses?: number[] },
  hide: (text: string) => string
): ApplicationFailure {
  const said = explanation(text, hide);
  const message = `${where} answered ${status}${said.message ? `: ${said.message}` : ''}`;
  const details = [
    {
      status,
      ...(said.error ? { error: said.error } : {}),
      ...(said.reason ? { reason: said.reason } : {}),
    },
  ];
  const notApplied = (rules.notAppliedStatuses ?? NOT_APPLIED_STATUSES).includes(status);
  if (notApplied || (status === 409 && said.error === 'NotApplied')) {
    return failure('NotApplied', true, message, details);
  }
  const retryable = rules.retryableStatuses?.includes(status) ?? (status >= 500 || RETRYABLE_STATUSES.includes(status));
  const nextRetryDelay = retryable ? retryAfterMs(headers) : undefined;
  return ApplicationFailure.create({ type: 'HttpStatus', nonRetryable: !retryable, message, details, nextRetryDelay });
}

/** The service's own description of its failure, shortened: { error, reason, message } of a JSON body. */
function explanation(
  text: string,
  hide: (text: string) => string
): { error?: string; reason?: string; message?: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return {};
  }
  if (!body || typeof body !== 'object') return {};
  const said = (name: string): string | undefined => {
    const value = (body as Record<string, unknown>)[name];
    // Shortened last, because a part of a secret is not recognised.
    return typeof value === 'string' ? hide(value).slice(0, 300) : undefined;
  };
  return { error: said('error'), reason: said('reason'), message: said('message') ?? said('error') };
}
