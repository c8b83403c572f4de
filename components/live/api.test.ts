// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, failureFrom, getJson, postJson } from './api';

afterEach(() => vi.unstubAllGlobals());

async function failureOf(work: Promise<unknown>) {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof ApiError)) throw new Error('It was not refused.');
  return error.failure;
}
function noAnswer(onLine: boolean) {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  vi.stubGlobal('navigator', { onLine });
}

test('[AQ1] after a lost answer the message says that the change may have happened', async () => {
  noAnswer(true);
  const { code, message, whatToDo } = await failureOf(postJson('/api/groups', {}));
  expect(code).toBe('outcomeUnknown');
  expect(message).toContain('it is not known whether it arrived');
  expect(whatToDo).not.toContain('by itself');
});

test('[AQ2] without a network nothing is sent, and the page does not send it later by itself', async () => {
  noAnswer(false);
  const { message, whatToDo } = await failureOf(postJson('/api/groups', {}));
  expect(message).toBe('Not sent: you are offline. Nothing was changed.');
  expect(whatToDo).toBe('Send it again when the connection is back.');
});

test('[AQ3] the page repeats a failed read by itself', async () => {
  noAnswer(true);
  expect(await failureOf(getJson('/api/groups'))).toMatchObject({
    code: 'engineAway',
    whatToDo: expect.stringContaining('tries again by itself') as string,
  });
});

test('[AQ4] the error page of a proxy is no answer: a change may have happened', async () => {
  vi.stubGlobal('fetch', async () => new Response('<h1>502</h1>', { status: 502 }));
  expect(await failureOf(postJson('/api/groups', {}))).toMatchObject({ code: 'outcomeUnknown' });
  expect(await failureOf(getJson('/api/groups'))).toMatchObject({ code: 'engineAway' });
});

test('[AQ5] after an error of the page nobody is asked for a reference, because there is none', () => {
  expect(failureFrom(new Error('undefined is not a function')).whatToDo).not.toContain('reference');
});
