/**
 * [MV] What a flow calls sensitive leaves the server by no door of the browser: here a card that the input's schema
 * names, and that the flow passes on to places whose own schemas say nothing of it.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import { MASK } from '@/engine/flow/values/mask';
import { eventually } from './testing/world';
import { publishFlow } from './flows/publish';
import { getTask } from './inbox/get';
import { listInbox } from './inbox/list';
import { decideTask } from './inbox/decide';
import { getRun } from './runs/get';
import { listRuns } from './runs/list';
import { queryRun } from './runs/query';
import { signalRun } from './runs/signal';
import { startRun } from './runs/start';
import { updateRun } from './runs/update';
import { PEOPLE, startTestWeb, type TestWeb } from './testing/test-web';
import { flowSource } from './testing/trip';

const { ada, dan, olga } = PEOPLE;
const CARD = '4111-1111-1111-1111';
const PIN = 'pin-98765';
const text = { type: 'string' };

const VAULT = {
  format: 1,
  name: 'vault',
  title: 'Vault',
  input: {
    type: 'object',
    required: ['card'],
    properties: { card: { type: 'string', title: 'Card', sensitive: true } },
  },
  output: { type: 'object', properties: { said: text } },
  variables: { note: { schema: text, initial: '' } },
  signals: {
    open: { title: 'Open', schema: { type: 'object', properties: { pin: { type: 'string', sensitive: true } } } },
  },
  queries: { note: { title: 'Note', result: { $expr: 'note' }, schema: text } },
  updates: {
    changeNote: {
      title: 'Change the note',
      schema: { type: 'object', required: ['note'], properties: { note: text } },
      accept: "argument.note !== 'no'",
      refusal: 'Not this one.',
      set: { note: { $expr: 'argument.note' } },
    },
  },
  steps: [
    { id: 'remember', kind: 'set', title: 'Remember', values: { note: { $expr: '`card ${input.card}`' } } },
    {
      id: 'approve',
      kind: 'approval',
      title: 'Approve',
      question: 'Charge it?',
      data: { line: { $expr: '`charge ${input.card}`' }, lines: [{ $expr: 'input.card' }] },
    },
    { id: 'told', kind: 'waitForSignal', title: 'Wait for the PIN', signal: 'open' },
    {
      id: 'failed',
      kind: 'fail',
      title: 'Fail',
      errorType: 'Declined',
      message: { $expr: "`card ${input.card} with ${told.pin ?? ''} was declined`" },
    },
  ],
};

provesHistories(await flowSource(VAULT));

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
  await publishFlow(here.web, dan, { document: VAULT });
}, 120_000);
afterAll(() => here.close());

/** The JSON text of an answer. */
function demandHidden(what: string, answer: unknown): void {
  const sent = JSON.stringify(answer);
  for (const secret of [CARD, PIN]) expect(sent, what).not.toContain(secret);
}

test('[MV1] no answer contains a sensitive value; a decision is bound to the unmasked data', async () => {
  const { web } = here;
  const run = await startRun(web, olga, VAULT.name, { requestId: randomUUID(), input: { card: CARD } });
  const find = () => web.database.humanTask.findFirst({ where: { workflowId: run.workflowId } });
  await eventually(async () => expect(await find()).toBeTruthy(), 20_000);
  const row = await find();
  demandHidden('what is kept of the task', row);

  const inbox = await listInbox(web, ada, { view: 'waiting', limit: 10 });
  expect(inbox.tasks.find(({ taskId }) => taskId === row?.taskId)?.data).toEqual({
    line: `charge ${MASK}`,
    lines: [MASK],
  });
  demandHidden('the inbox', inbox);
  demandHidden('the task', await getTask(web, ada, row?.taskId ?? ''));
  expect(await queryRun(web, olga, run, { name: 'note' })).toEqual({ result: `card ${MASK}` });
  for (const name of ['__nodes', '__ledger', '__variables'])
    demandHidden(name, await queryRun(web, olga, run, { name }));
  const changed = await updateRun(web, olga, run, {
    name: 'changeNote',
    requestId: randomUUID(),
    input: { note: `now ${CARD}` },
  });
  demandHidden('the answer of an update', changed);
  demandHidden('the query after it', await queryRun(web, olga, run, { name: 'note' }));
  const now = await queryRun(web, olga, run, { name: '__variables' });
  expect(now).toEqual({ result: { note: expect.stringContaining(MASK) as string } });
  expect(await queryRun(web, olga, run, { name: '__variables', at: 1_000 })).toEqual(now);
  demandHidden('an open run', await getRun(web, olga, run));

  await decideTask(web, ada, row?.taskId ?? '', {
    decisionId: randomUUID(),
    decision: 'approve',
    comment: '',
    dataHash: row?.dataHash ?? '',
  });
  await signalRun(web, olga, run, { name: 'open', requestId: randomUUID(), input: { pin: PIN } });
  await eventually(async () => expect((await getRun(web, olga, run)).live.status).toBe('failed'), 20_000);
  const closed = await getRun(web, olga, run);
  expect(JSON.stringify(closed.live.events.at(-1))).toContain(`card ${MASK} with ${MASK} was declined`);
  demandHidden('a closed run', closed);
  demandHidden('the list of runs', await listRuns(web, olga, { pageSize: 20 } as never));
}, 60_000);
