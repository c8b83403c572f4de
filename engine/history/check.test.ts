/** A correct history with one change at a time: each rule finds its change. */
import Long from 'long';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporal } from '../proto';
import { checkHistory, type HistoryEvent, readExpectation } from './index';
import { answers, command, TestRun } from './testing/run';

const { EventType } = temporal.api.enums.v1;
const { History } = temporal.api.history.v1;

let run: TestRun;
let events: HistoryEvent[];
const find = (key: keyof HistoryEvent, nth = 0): HistoryEvent => events.filter((event) => event[key])[nth]!;
const rules = (): string[] => checkHistory(events).map(({ rule }) => rule);

beforeEach(() => {
  run = new TestRun();
  run.admit('u');
  run.open();
  run.answer(
    [
      command.message('u/accept'),
      command.schedule('a'),
      command.schedule('b'),
      command.timer('t', 10),
      command.timer('never', 99_000),
      command.signalRun('other'),
      command.cancelRun('other'),
      command.startChild('c'),
    ],
    [answers.accept('u')]
  );
  for (const id of [...run.state.externals.keys(), ...run.state.children.keys()]) run.heard(id);
  run.childClosed([...run.state.children.values()][0]!, {
    eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
    workflowExecutionCompletedEventAttributes: {},
  });
  run.after(10);
  run.completeActivity(run.ref('a'));
  run.open();
  run.answer(
    [
      command.message('u/complete'),
      command.cancelActivity(run.ref('b').scheduledEventId),
      command.cancelTimer('never'),
    ],
    [answers.complete('u')]
  );
  run.cancelActivity(run.ref('b'));
  run.open();
  run.failTask();
  run.after(250);
  run.task(command.marker('m'), command.complete());
  events = History.decode(History.encode({ events: run.events }).finish()).events;
});

describe('checkHistory', () => {
  it('finds nothing in a correct history, by events and by batches', () => {
    expect(checkHistory(events)).toEqual([]);
    expect(run.check()).toEqual([]);
  });

  it.each<[string, string, () => void]>([
    ['H1', 'a missing event', () => void events.splice(6, 1)],
    ['H1', 'an event twice', () => void events.splice(6, 0, events[6]!)],
    ['H2', 'no Started at first', () => void events.shift()],
    ['H3', 'an event without time', () => void (events[5]!.eventTime = null)],
    ['H3', 'attributes of another type', () => void (events[5]!.eventType = EventType.EVENT_TYPE_TIMER_FIRED)],
    [
      'H3',
      'no activity type',
      () =>
        void (find('activityTaskScheduledEventAttributes').activityTaskScheduledEventAttributes!.activityType = null),
    ],
    [
      'H3',
      'no first run id',
      () => void (events[0]!.workflowExecutionStartedEventAttributes!.firstExecutionRunId = ''),
    ],
    [
      'H4',
      'a Started of another task',
      () =>
        void (find('workflowTaskStartedEventAttributes').workflowTaskStartedEventAttributes!.scheduledEventId =
          Long.fromNumber(1)),
    ],
    [
      'H4',
      'a Completed of another task',
      () =>
        void (find('workflowTaskCompletedEventAttributes').workflowTaskCompletedEventAttributes!.startedEventId =
          Long.fromNumber(2)),
    ],
    [
      'H5',
      'a command of no task',
      () =>
        void (find('timerStartedEventAttributes').timerStartedEventAttributes!.workflowTaskCompletedEventId =
          Long.fromNumber(3)),
    ],
    [
      'H5',
      'a command of an earlier task',
      () =>
        void (find('markerRecordedEventAttributes').markerRecordedEventAttributes!.workflowTaskCompletedEventId =
          Long.fromNumber(4)),
    ],
    [
      'H6',
      'a close of another activity',
      () =>
        void (find('activityTaskCompletedEventAttributes').activityTaskCompletedEventAttributes!.scheduledEventId =
          find('activityTaskScheduledEventAttributes', 1).eventId),
    ],
    [
      'H6',
      'a close without its start',
      () =>
        void (find('activityTaskCompletedEventAttributes').activityTaskCompletedEventAttributes!.startedEventId =
          Long.ZERO),
    ],
    [
      'H6',
      'a start of what is no activity',
      () =>
        void (find('activityTaskStartedEventAttributes').activityTaskStartedEventAttributes!.scheduledEventId =
          Long.fromNumber(2)),
    ],
    [
      'H6',
      'a cancel that nobody requested',
      () =>
        void (find(
          'activityTaskCanceledEventAttributes'
        ).activityTaskCanceledEventAttributes!.latestCancelRequestedEventId = Long.fromNumber(4)),
    ],
    [
      'H6',
      'one id pending twice',
      () =>
        void (find('activityTaskScheduledEventAttributes', 1).activityTaskScheduledEventAttributes!.activityId = 'a'),
    ],
    [
      'H7',
      'a firing of another timer',
      () => void (find('timerFiredEventAttributes').timerFiredEventAttributes!.timerId = 'never'),
    ],
    [
      'H7',
      'a firing with another start',
      () => void (find('timerFiredEventAttributes').timerFiredEventAttributes!.startedEventId = Long.fromNumber(6)),
    ],
    [
      'H13',
      'a signal that was heard twice',
      () =>
        void events.push({
          ...find('externalWorkflowExecutionSignaledEventAttributes'),
          eventId: Long.fromNumber(events.length + 1),
        }),
    ],
    [
      'H14',
      'a child that started twice',
      () =>
        void events.push({
          ...find('childWorkflowExecutionStartedEventAttributes'),
          eventId: Long.fromNumber(events.length + 1),
        }),
    ],
    [
      'H14',
      'a close of a child that names another start',
      () =>
        void (find(
          'childWorkflowExecutionCompletedEventAttributes'
        ).childWorkflowExecutionCompletedEventAttributes!.startedEventId = Long.fromNumber(3)),
    ],
    [
      'H14',
      'a start of a child with another id',
      () =>
        void (find(
          'childWorkflowExecutionStartedEventAttributes'
        ).childWorkflowExecutionStartedEventAttributes!.workflowExecution!.workflowId = 'other'),
    ],
    [
      'H13',
      'a cancel that answers a signal',
      () =>
        void (find(
          'externalWorkflowExecutionCancelRequestedEventAttributes'
        ).externalWorkflowExecutionCancelRequestedEventAttributes!.initiatedEventId = find(
          'signalExternalWorkflowExecutionInitiatedEventAttributes'
        ).eventId),
    ],
    [
      'H8',
      'a completion of no acceptance',
      () =>
        void (find(
          'workflowExecutionUpdateCompletedEventAttributes'
        ).workflowExecutionUpdateCompletedEventAttributes!.acceptedEventId = Long.fromNumber(6)),
    ],
    [
      'H8',
      'a request of another update',
      () =>
        void (find(
          'workflowExecutionUpdateAcceptedEventAttributes'
        ).workflowExecutionUpdateAcceptedEventAttributes!.acceptedRequest!.meta!.updateId = 'v'),
    ],
    [
      'H9',
      'an event after the end',
      () =>
        void events.push({
          ...(find('workflowExecutionSignaledEventAttributes') ?? events[1]!),
          eventId: Long.fromNumber(events.length + 1),
        }),
    ],
  ])('[%s] finds %s', (rule, _, alter) => {
    alter();
    expect(rules()).toContain(rule);
  });

  it('[HC7] finds a timer that is started while it is pending, unless its firing is buffered', () => {
    const again = new TestRun();
    again.task(command.timer('t', 100));
    again.signal();
    again.open();
    again.after(100);
    again.answer([command.timer('t', 500)]);
    expect(again.check()).toEqual([]);
    events = again.events.slice(0, -1);
    expect(rules()).toEqual(['H7']);
    const late = { ...again.last(), eventTime: { seconds: Long.fromNumber(9_999), nanos: 0 } };
    events = [...again.events.slice(0, -1), late];
    expect(rules()).toEqual(['H7']);
  });

  it('[HC6] finds an activity that closes twice', () => {
    const close = events.indexOf(find('activityTaskCompletedEventAttributes'));
    events.splice(close + 1, 0, { ...events[close]! });
    events.forEach((event, index) => (event.eventId = Long.fromNumber(index + 1)));
    expect(checkHistory(events)).toContainEqual(
      expect.objectContaining({ rule: 'H6', message: expect.stringMatching(/closed before/) })
    );
  });

  it('[HC10] finds a missing end, [HC11] and that a closed run looks open', () => {
    const lost = run.batches.slice(0, -1);
    expect(checkHistory(lost, readExpectation(run.stored())).map(({ rule }) => rule)).toEqual(['H10', 'H11', 'H12']);
  });

  it('[HC12] finds a changed payload', () => {
    const at = run.batches.findIndex(({ events: bytes }) => Buffer.from(bytes).includes('"ok"'));
    const bytes = Buffer.from(run.batches[at]!.events);
    bytes.write('"no"', bytes.indexOf('"ok"'));
    const altered = run.batches.with(at, { ...run.batches[at]!, events: bytes });
    expect(checkHistory(altered, readExpectation(run.stored())).map(({ rule }) => rule)).toEqual(['H12']);
  });

  it('[HC1] finds a batch under another id, [HC3] and one that cannot be decoded', () => {
    const moved = run.batches.with(1, { ...run.batches[1]!, firstEventId: 77 });
    expect(checkHistory(moved).map(({ rule }) => rule)).toEqual(['H1']);
    const broken = run.batches.with(1, { ...run.batches[1]!, events: new Uint8Array([255, 255, 255]) });
    expect(checkHistory(broken).map(({ rule }) => rule)).toContain('H3');
  });
});
