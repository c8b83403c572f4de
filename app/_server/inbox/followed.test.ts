/** The rules are in followed.ts. */
import { expect, test } from 'vitest';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { Ledger, LedgerEntry } from '@/engine/run-view/model';
import type { ActivityRecord, Records, UpdateRecord } from '@/engine/run-view/records';
import { APPROVAL_UPDATE } from '@/engine/saga/contract';
import { followedFrom } from './followed';

const activity = (nodeId: string, scheduledEventId: number, more: Partial<ActivityRecord> = {}) =>
  ({
    activityId: nodeId,
    parsed: { nodeId, role: 'do', path: [] },
    scheduledEventId,
    outcome: 'completed',
    ...more,
  }) as unknown as ActivityRecord;
const entry = (title: string, more: Partial<LedgerEntry>) =>
  ({ title, undoTitle: `Undo ${title}`, ...more }) as LedgerEntry;
const updates = [
  { name: APPROVAL_UPDATE, argument: { taskId: 'other' }, acceptedEventId: 3, acceptedMs: 30 },
  { name: APPROVAL_UPDATE, argument: { taskId: 'asked' }, acceptedEventId: 10, acceptedMs: 100 },
] as unknown as UpdateRecord[];
const manifest = {
  nodes: { charge: { title: 'Charge payment' }, ship: { title: 'Create shipment' } },
} as unknown as FlowManifest;
const followed = (activities: ActivityRecord[], entries: LedgerEntry[], closed: Records['closed'] = null) =>
  followedFrom({ activities, updates, closed } as Records, { entries } as unknown as Ledger, manifest, 'asked');

test('[FLW1] only steps that began after the decision followed from it, each with how it is', () => {
  const activities = [
    activity('ship', 5),
    activity('charge', 11),
    activity('ship', 14, { outcome: 'timedOut' }),
    activity('gone', 17, { outcome: null }),
    activity('charge', 20, { parsed: { nodeId: 'charge', role: 'undo' } as unknown as ActivityRecord['parsed'] }),
  ];
  expect(followed(activities, [], { type: 'WorkflowExecutionFailed', timeMs: 900 })).toEqual({
    steps: [
      { title: 'Charge payment', outcome: 'done' },
      { title: 'Create shipment', outcome: 'failed' },
      { title: 'gone', outcome: 'underWay' },
    ],
    undone: [],
    run: 'WorkflowExecutionFailed',
  });
});

test('[FLW2] what was undone before the decision, or remains, was not undone since', () => {
  const entries = [
    entry('before', { state: 'undone', sinceMs: 99 }),
    entry('since', { state: 'undone', sinceMs: 100 }),
    entry('by hand', { state: 'doneByHand', sinceMs: 500, undoTitle: null }),
    entry('remains', { state: 'standing', sinceMs: 500 }),
    entry('unknown', { state: 'undone', sinceMs: null }),
  ];
  expect(followed([], entries)).toEqual({
    steps: [],
    undone: [
      { step: 'since', undo: 'Undo since' },
      { step: 'by hand', undo: null },
    ],
    run: null,
  });
});

test('[FLW3] what a person found out after the end is told as that, if it is of the time after the decision', () => {
  const entries = [
    entry('charge', { activityId: 'charge', state: 'doneByHand', sinceMs: 900 }),
    entry('ship', { activityId: 'ship', state: 'standing', sinceMs: 50 }),
  ];
  const settlements = [
    { activityId: 'charge', found: 'undone', atMs: 900 },
    { activityId: 'ship', found: 'remains', atMs: 950 },
    { activityId: 'ship', found: 'notApplied', atMs: 20 },
    { activityId: 'other', found: 'undone', atMs: 950 },
  ] as const;
  const ledger = { entries } as unknown as Ledger;
  const records = { activities: [], updates, closed: null } as unknown as Records;
  expect(followedFrom(records, ledger, manifest, 'asked', settlements)).toEqual({
    steps: [],
    undone: [],
    settled: [
      { step: 'charge', found: 'undone' },
      { step: 'ship', found: 'remains' },
    ],
    run: null,
  });
});

test('a run that has no decision of the task says nothing', () => {
  expect(
    followedFrom(
      { activities: [], updates: [], closed: null } as unknown as Records,
      { entries: [] } as unknown as Ledger,
      manifest,
      'asked'
    )
  ).toBeNull();
});
