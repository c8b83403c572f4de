/** The rules are in masked-history.ts. */
import { expect, it } from 'vitest';
import { MASK } from '../flow/values/mask';
import { parseFlow } from '../flow/testing/flow';
import { eventsFromHistory } from './events-from-history';
import { maskOf, NO_MASK } from './mask';
import { maskedEvent } from './masked-history';
import { HistoryWriter, payload } from './testing/history';
import { manifestOf } from './testing/order';

const CARD = '4111-1111-1111-1111';
const manifest = manifestOf(
  parseFlow({
    format: 1,
    name: 'pays',
    title: 'Pays',
    input: { type: 'object', properties: { card: { type: 'string', sensitive: true }, note: { type: 'string' } } },
    steps: [{ id: 'done', kind: 'end', title: 'Done' }],
  })
);
/** Of a run that was started with the card, and of a call whose failure quotes it. */
function history(): HistoryWriter {
  const writer = new HistoryWriter();
  writer.json[0] = {
    ...writer.json[0],
    workflowExecutionStartedEventAttributes: {
      taskQueue: { name: 'backstitch' },
      input: { payloads: [payload({ card: CARD, note: 'fragile' })] },
      memo: { fields: { who: payload('Ada') } },
      workflowRunTimeout: '30s',
    },
  };
  writer.do('charge-payment').schedule('charge-payment', { body: [CARD] });
  writer.fail('charge-payment', 'Declined', `the card ${CARD} was declined`, { details: [{ card: CARD }] });
  return writer;
}
const masked = (mask = maskOf(manifest)) => history().json.map((event) => maskedEvent(event, mask));

it('[MHI1] without a mask every event stays as it is, and so does one in which nothing is hidden', () => {
  const { json } = history();
  expect(masked(NO_MASK)).toEqual(json);
  const before = history().json;
  const mask = maskOf(manifest);
  const changed = before.flatMap((event, index) => (maskedEvent(event, mask) === event ? [] : [index]));
  // The start, the call with the card, and its failure.
  expect(changed).toEqual([0, 4, 6]);
});

it('[MHI2] what is hidden is hidden in every payload and text; the rest of the event stays', () => {
  const events = masked();
  const [started] = events;
  expect(started?.workflowExecutionStartedEventAttributes).toMatchObject({
    taskQueue: { name: 'backstitch' },
    workflowRunTimeout: '30s',
    memo: { fields: { who: payload('Ada') } },
    input: { payloads: [payload({ card: MASK, note: 'fragile' })] },
  });
  const all = JSON.stringify([events, eventsFromHistory({ events })]);
  expect(all).not.toContain(CARD);
  expect(all).toContain(`the card ${MASK} was declined`);
  // Read again, it is what the screens show.
  const mask = maskOf(manifest);
  const shown = eventsFromHistory({ events: history().json }).map((event) => mask.event(event));
  expect(eventsFromHistory({ events })).toEqual(shown);
});

it('[MHI3] a name that is hidden takes its value with it', () => {
  const writer = history();
  writer.add('MarkerRecorded', {
    markerName: 'seen',
    details: { [CARD]: { payloads: [payload(1)] }, kept: { payloads: [payload(2)] } },
  });
  const mask = maskOf(manifest);
  const marker = writer.json.map((event) => maskedEvent(event, mask)).at(-1)?.markerRecordedEventAttributes;
  expect(marker).toEqual({ markerName: 'seen', details: { kept: { payloads: [payload(2)] } } });
});
