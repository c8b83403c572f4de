/** A client that follows a history receives every event, even if events are written during a read. */
import { afterEach, expect, test } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { temporal } from '../proto';
import { SlowStore } from './testing/slow-store';
import { untilSignal, World } from './testing/world';

provesHistories('scripted');

type Page = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
let world: World<SlowStore>;
afterEach(() => world.role.stop());

test('[HP1] if a run closes while a page is read, the next page has its last events', async () => {
  world = await new World({ flow: untilSignal }, new SlowStore()).begin();
  await world.start('w', 'flow');
  const page = (token?: Page['nextPageToken']) =>
    world.call<Page>('GetWorkflowExecutionHistory', {
      execution: { workflowId: 'w' },
      waitNewEvent: true,
      nextPageToken: token ?? new Uint8Array(),
    });
  world.store.duringNextRead = async () => {
    await world.signal('w');
    await expect.poll(async () => (await world.describe('w')).workflowExecutionInfo?.status).toBe(STATUS.completed);
  };
  const seen: number[] = [];
  let token: Page['nextPageToken'];
  do {
    const answer: Page = await page(token);
    seen.push(...(answer.history?.events ?? []).map(({ eventId }) => Number(eventId)));
    token = answer.nextPageToken;
  } while (token?.length);
  const { events } = await world.stored('w');
  expect(seen).toEqual(events.map(({ eventId }) => Number(eventId)));
});
