import { expect, test } from 'vitest';
import type { RunEvent } from './model';
import { revisionSpans, revisionsOfStep } from './revisions';

const task = (id: number, buildId?: string): RunEvent => ({
  id,
  timeMs: 0,
  type: 'WorkflowTaskCompleted',
  attributes: buildId === undefined ? {} : { workerVersion: { buildId } },
});
const step = (id: number, activityId: string): RunEvent => ({
  id,
  timeMs: 0,
  type: 'ActivityTaskScheduled',
  attributes: { activityId },
});
const events = [
  task(4),
  step(5, 'reserve'),
  task(10, 'v3.0'),
  step(11, 'charge~2'),
  task(16, 'v3.1'),
  step(17, 'charge~2:undo'),
];

test('[RX1] the spans of a run begin with the task that another revision decided; a task without one is the first', () => {
  expect(revisionSpans(events, 'v3.0')).toEqual([
    { revision: 'v3.0', fromEventId: 4 },
    { revision: 'v3.1', fromEventId: 16 },
  ]);
  expect(revisionSpans([], 'v3.0')).toEqual([]);
});

test('[RX2] a step has the revisions that requested its activities, also in a loop and for its undo', () => {
  expect(revisionsOfStep(events, 'reserve', 'v3.0')).toEqual(['v3.0']);
  expect(revisionsOfStep(events, 'charge', 'v3.0')).toEqual(['v3.0', 'v3.1']);
  expect(revisionsOfStep(events, 'ship', 'v3.0')).toEqual([]);
});
