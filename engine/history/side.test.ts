/** Side data of every earlier version is read, and data of a newer version is refused. */
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { temporal } from '../proto';
import type { StoredRun } from '../store/port';
import * as history from './index';
import stored from './testing/side-version-1.json';
import { TestRun } from './testing/run';

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const batches = stored.batches.map(({ firstEventId, events }) => ({ firstEventId, events: bytes(events) }));
const run: StoredRun = {
  runKey: 1,
  namespace: 'default',
  workflowId: 'w',
  runId: 'r',
  firstRunId: 'r',
  nextEventId: stored.nextEventId,
  status: STATUS.running,
  wakeAt: 0,
  side: bytes(stored.side),
};
const events = () => batches.flatMap((batch) => temporal.api.history.v1.History.decode(batch.events).events);

describe('side state', () => {
  it('[HS4] has what a closed run owes, and is one byte longer for a run that owes nothing', () => {
    const state = history.rebuildRun(run, events());
    const without = history.encodeSide(state);
    state.owed.add(0).add(300);
    expect(history.encodeSide(state).length).toBe(without.length + 3);
    expect([...history.rebuildRun({ ...run, side: history.encodeSide(state) }, events()).owed]).toEqual([0, 300]);
  });

  it('[HS5] has that a run is to be deleted, and the run that a reset made of it', () => {
    const state = history.rebuildRun(run, events());
    const without = history.encodeSide(state);
    state.toBeDeleted = true;
    expect(history.encodeSide(state)).toHaveLength(without.length);
    state.resetRunId = 'reset';
    const read = history.rebuildRun({ ...run, side: history.encodeSide(state) }, events());
    expect([read.toBeDeleted, read.resetRunId, read.takenOver]).toEqual([true, 'reset', false]);
  });

  it('[HS1] of version 1, as revision 4c980ad wrote it, is read and then written in the newest version', () => {
    const state = history.rebuildRun(run, events());
    expect(history.checkHistory(batches, history.readExpectation(run))).toEqual([]);
    expect([...state.activities.values()]).toMatchObject([{ activityId: 'a', attempt: 1, epoch: 1 }]);
    expect(state.workflowTaskAttempt).toBe(5);
    expect(state.failedWorkflowTasks).toBe(4);
    const again = { ...run, side: history.encodeSide(state) };
    expect(again.side[0]).toBe(11);
    expect(history.rebuildRun(again, events())).toEqual(state);
  });

  // Versions 2 to 10 were written in the layout of today without the parts at its end, each of which is one byte if it
  // is empty (revisions 556812b, c81220c, a321a97,
  // 5192919 and c165e65).
  const left = { state: 'counted', phase: 'left-standing', standing: 2 } as const;
  const known = {
    lateAnswers: [{ scheduledEventId: 5, applied: true, atMs: 7 }],
    settled: [{ activityId: 'a', found: 'undone' as const }],
  };
  it.each([
    [2, 7, { leftBehind: null, afterClose: null }],
    [3, 6, { leftBehind: left, afterClose: null }],
    [4, 5, { leftBehind: left, afterClose: known }],
    [5, 4, { leftBehind: left, afterClose: known }],
    [6, 3, { leftBehind: left, afterClose: known, owed: new Set([0, 300]) }],
    [7, 2, { leftBehind: left, afterClose: known, owed: new Set([0, 300]), toBeDeleted: true }],
    // Version 8 added a form of activities, which an activity that nobody operated on does not have (e4feaf14); version 9
    // a bit beside those of deletion and reset.
    [8, 2, { leftBehind: left, afterClose: known, owed: new Set([0, 300]), toBeDeleted: true }],
    // Version 10 another bit beside those.
    [9, 2, { leftBehind: left, afterClose: known, owed: new Set([0, 300]), toBeDeleted: true }],
    [10, 2, { leftBehind: left, afterClose: known, owed: new Set([0, 300]), toBeDeleted: true, isKept: true }],
    [
      11,
      0,
      {
        leftBehind: left,
        owed: new Set([0, 300]),
        isKept: true,
        signalWaits: ['note', 'paid'],
        signalsBefore: ['s-1'],
        signalRequestIds: new Set(['s-1']),
      },
    ],
  ])('[HS3] of version %i is read with all that it has, and has no part of later versions', (version, missing, has) => {
    const state = { ...history.rebuildRun(run, events()), ...has, ownTime: null };
    const newest = history.encodeSide(state);
    const side = Uint8Array.from([version, ...newest.slice(1, newest.length - missing)]);
    const read = history.rebuildRun({ ...run, side }, events());
    expect(read).toEqual(state);
    expect(history.encodeSide(read)).toEqual(newest);
  });

  it('[HS2] of a version newer than this engine is refused with that reason', () => {
    const { state } = new TestRun();
    const side = history.encodeSide(state);
    const newer = { ...run, side: Uint8Array.from([side[0]! + 1, ...side.slice(1)]) };
    const message = 'written by a newer engine: its side state has version 12, this engine reads 1 to 11';
    expect(() => history.rebuildRun(newer, events())).toThrow(message);
    expect(() => history.readExpectation(newer)).toThrow(message);
  });
});
