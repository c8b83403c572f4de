'use client';

/**
 * Calls of the API from a page: JSON in both directions, a refusal is thrown as ApiError, and an ended session leads
 * to the sign-in page and back.
 */
import { failureAnswerSchema, type AppFailure } from '@/app/_contract/errors';
import { pages } from '@/app/_contract/routes';
import { readPayload } from '@/engine/flow/values/json';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(readonly failure: AppFailure) {
    super(failure.message);
  }
}

/** Turns anything that was thrown into a failure to show. */
export function failureFrom(error: unknown): AppFailure {
  if (error instanceof ApiError) return error.failure;
  // There is no reference to send, because the server was not asked or did not answer.
  const whatToDo = 'Try again. If it fails again, load the page again.';
  return { code: 'unexpected', message: 'Something went wrong on this page.', whatToDo };
}

export const getJson = <T>(url: string, signal?: AbortSignal): Promise<T> => call<T>(url, { signal });
export const postJson = <T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  call<T>(url, posted(body, signal));

/** A file that the server makes, with its name. Rejects as `getJson` does. */
export async function getFile(url: string): Promise<{ blob: Blob; name: string }> {
  const response = await answered(url, {});
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'download';
  return { blob: await response.blob(), name };
}

/** The lines of an answer of JSON lines, as they come. Rejects as `postJson` does; resolves when the answer ends. */
export async function postForLines<T>(
  url: string,
  body: unknown,
  onLine: (line: T) => void,
  signal: AbortSignal
): Promise<void> {
  const response = await answered(url, posted(body, signal));
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value = '', done } = await reader.read();
    const lines = `${rest}${value}`.split('\n');
    rest = done ? '' : (lines.pop() ?? '');
    for (const line of lines) if (line !== '') onLine(readPayload(line) as T);
    if (done) return;
  }
}

const posted = (body: unknown, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  signal,
});

const UNREACHED: AppFailure = {
  code: 'engineAway',
  message: 'Backstitch cannot be reached.',
  whatToDo: 'Check your connection; the page tries again by itself.',
};

/** A request that has no answer of ours may have arrived all the same. */
const UNANSWERED: AppFailure = {
  code: 'outcomeUnknown',
  message: 'Backstitch did not answer, so it is not known whether it arrived.',
  whatToDo: 'Check your connection and whether it arrived, then send it again.',
};

/** A browser without a network sends nothing. */
const NOT_SENT: AppFailure = {
  code: 'engineAway',
  message: 'Not sent: you are offline. Nothing was changed.',
  whatToDo: 'Send it again when the connection is back.',
};

async function call<T>(url: string, init: RequestInit): Promise<T> {
  const response = await answered(url, init);
  return (await response.json().catch(() => null)) as T;
}

/** Throws the refusal of an answer that is one. */
async function answered(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    if (init.method !== 'POST') throw new ApiError(UNREACHED);
    throw new ApiError(navigator.onLine ? UNANSWERED : NOT_SENT);
  });
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => null);
  const refusal = failureAnswerSchema.safeParse(body);
  // Otherwise it is the page of a proxy, which may have passed the request on.
  const failure = refusal.success ? refusal.data.error : init.method === 'POST' ? UNANSWERED : UNREACHED;
  if (isSignedOut(failure)) goToSignIn();
  throw new ApiError(failure);
}

/** The page of sign-ins leads on to who has yet to set up a second factor. */
export const isSignedOut = ({ code }: AppFailure): boolean => code === 'notSignedIn' || code === 'secondFactorNeeded';

/** The person returns to this page after signing in. */
export function goToSignIn(): void {
  const here = `${location.pathname}${location.search}`;
  if (!location.pathname.startsWith('/sign-in')) location.assign(pages.signIn(here));
}
