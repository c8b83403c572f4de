import Long from 'long';
import { describe, expect, it } from 'vitest';
import { decodePayload } from '../flow/values/payload';
import { eventsFromHistory } from './events-from-history';
import { HistoryWriter, payload } from './testing/history';

describe('events from a history', () => {
  it('[EFH1] the type of an event is found by its attributes, and numeric enums need no table', () => {
    const [event] = eventsFromHistory({
      events: [{ eventId: 1, eventType: 10, activityTaskScheduledEventAttributes: { activityId: 'a' } }],
    });
    expect(event).toMatchObject({ id: 1, type: 'ActivityTaskScheduled', attributes: { activityId: 'a' } });
    const [bare] = eventsFromHistory({ events: [{ eventId: '2', eventType: 'EVENT_TYPE_WORKFLOW_TASK_STARTED' }] });
    expect(bare!.type).toBe('WorkflowTaskStarted');
  });
  it('[EFH2] payloads are decoded; a payload that cannot be decoded is shown with encoding and size', () => {
    const event = new HistoryWriter().schedule('a', { note: 'Grüße' }).events.at(-1)!;
    expect(event.attributes.input).toEqual([{ note: 'Grüße' }]);
    const encoding = (name: string) => ({ encoding: new TextEncoder().encode(name) });
    expect(decodePayload({ metadata: encoding('binary/null') })).toBeNull();
    expect(decodePayload({ metadata: encoding('binary/encrypted'), data: new Uint8Array(7) })).toEqual({
      encoding: 'binary/encrypted',
      bytes: 7,
    });
    expect(decodePayload({ metadata: encoding('json/plain'), data: btoa('{') })).toEqual({
      encoding: 'json/plain',
      problem: 'is not valid JSON',
    });
  });
  it('[EFH2] long numbers keep their digits, whatever program wrote them', () => {
    const encoding = { encoding: btoa('json/plain') };
    const data = btoa('[9007199254740993,{"$exact":"1e400"},0.5]');
    expect(decodePayload({ metadata: encoding, data })).toEqual([
      { $exact: '9007199254740993' },
      { $exact: '1e400' },
      0.5,
    ]);
  });
  it('[EFH2] data with the fields of a payload is not changed', () => {
    const event = new HistoryWriter().schedule('a', { metadata: { encoding: 'x' }, data: 'y' }).events.at(-1)!;
    expect(event.attributes.input).toEqual([{ metadata: { encoding: 'x' }, data: 'y' }]);
  });
  it('[EFH3] decoded messages and proto JSON give the same events', () => {
    const json = {
      eventId: '5',
      eventTime: '2026-11-21T09:00:00.250Z',
      timerStartedEventAttributes: { timerId: '1', startToFireTimeout: '30s', workflowTaskCompletedEventId: '4' },
      userMetadata: { summary: payload('wait-a-bit') },
    };
    const decoded = {
      eventId: Long.fromNumber(5),
      eventTime: { seconds: Long.fromNumber(Date.parse('2026-11-21T09:00:00Z') / 1_000), nanos: 250_000_000 },
      timerStartedEventAttributes: {
        timerId: '1',
        startToFireTimeout: { seconds: Long.fromNumber(30), nanos: 0 },
        workflowTaskCompletedEventId: Long.fromNumber(4),
      },
      userMetadata: {
        summary: {
          metadata: { encoding: new TextEncoder().encode('json/plain') },
          data: new TextEncoder().encode('"wait-a-bit"'),
        },
      },
    };
    const [a, b] = eventsFromHistory({ events: [json, decoded] });
    expect(a).toEqual(b);
    expect(a).toMatchObject({
      id: 5,
      timeMs: Date.UTC(2026, 10, 21, 9, 0, 0, 250),
      summary: 'wait-a-bit',
      attributes: { workflowTaskCompletedEventId: 4 },
    });
  });
  it('[EFH4] an event that cannot be read keeps its place', () => {
    const events = eventsFromHistory({
      events: [
        { eventId: 1 },
        null,
        {
          eventId: 3,
          activityTaskScheduledEventAttributes: { input: { payloads: [{ metadata: { encoding: '!' }, data: '!' }] } },
        },
      ],
    });
    expect(events.map((event) => event.type)).toEqual(['Unknown', 'Unreadable', 'Unreadable']);
    expect(events.map((event) => event.id)).toEqual([1, 2, 3]);
    expect(eventsFromHistory(null)).toEqual([]);
  });
});
