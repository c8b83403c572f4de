import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenTaskInput } from '../../saga/contract';
import { runActivity } from '../testing/context';
import { closeTaskActivity, openTaskActivity } from './tell-web';

let server: Server;
let url: URL;
let status = 204;
const seen: { url: string | undefined; authorization: string | undefined; body: Record<string, unknown> }[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    seen.push({
      url: request.url,
      authorization: request.headers.authorization,
      body: JSON.parse(text) as Record<string, unknown>,
    });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => server.close());

const task: OpenTaskInput = {
  taskId: 't-1',
  firstRunId: 'run-0',
  flow: 'order-fulfilment',
  nodeId: 'approve',
  title: 'Approve',
  question: 'Go on?',
  candidates: [],
  requireComment: 'onReject',
  data: { amount: 5 },
  dataHash: 'h',
  schema: null,
  dueAtMs: null,
};

test('[TW1] open and close send the task and its run to the web, with the internal token', async () => {
  const web = { url, token: 'internal' };
  await runActivity(() => openTaskActivity(web)(task));
  await runActivity(() =>
    closeTaskActivity(web)({ taskId: 't-1', outcome: 'approved', decidedBy: 'ada', comment: null, firstRunId: 'run-0' })
  );
  expect(seen.map((request) => [request.url, request.authorization])).toEqual([
    ['/api/internal/human-tasks/open', 'Bearer internal'],
    ['/api/internal/human-tasks/close', 'Bearer internal'],
  ]);
  const { firstRunId, ...shown } = task;
  expect(seen[0]?.body).toEqual({
    ...shown,
    namespace: 'default',
    workflowId: 'order-1',
    workflowType: 'orderFulfilment_v1',
    runId: firstRunId,
    currentRunId: 'run-1',
  });
  expect(seen[1]?.body).toMatchObject({ outcome: 'approved', runId: 'run-0', currentRunId: 'run-1' });
});

test.each([
  [500, 'WebUnavailable', false],
  [404, 'WebUnavailable', false],
  [401, 'WebUnavailable', false],
  [422, 'HumanTaskRefused', true],
])('[TW2] an answer of %i fails as %s, non-retryable: %s', async (answer, type, nonRetryable) => {
  status = answer;
  const failure = (await runActivity(() => openTaskActivity({ url, token: 'internal' })(task)).catch(
    (error: unknown) => error
  )) as ApplicationFailure;
  expect([failure.type, Boolean(failure.nonRetryable)]).toEqual([type, nonRetryable]);
  expect(failure.message).not.toContain('Bearer');
});

test('[TW4] a close gives up after eight attempts, an open is retried without limit', async () => {
  status = 500;
  const web = { url, token: 'internal' };
  const close = { taskId: 't-1', outcome: 'approved', decidedBy: 'ada', comment: null, firstRunId: 'run-0' } as const;
  const last = (attempt: number, work: () => Promise<unknown>) =>
    runActivity(work, { attempt }).then(
      () => null,
      (error: unknown) => Boolean((error as ApplicationFailure).nonRetryable)
    );
  expect(await last(7, () => closeTaskActivity(web)(close))).toBe(false);
  expect(await last(8, () => closeTaskActivity(web)(close))).toBe(true);
  expect(await last(1_000, () => openTaskActivity(web)(task))).toBe(false);
});

test('[TW3] a call to a web that is down is retryable', async () => {
  const gone = new URL('http://127.0.0.1:1');
  await expect(runActivity(() => openTaskActivity({ url: gone, token: null })(task))).rejects.toMatchObject({
    type: 'WebUnavailable',
    nonRetryable: false,
  });
});
