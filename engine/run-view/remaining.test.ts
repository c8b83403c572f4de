import { describe, expect, it } from 'vitest';
import type { Settlement } from './model';
import { remaining } from './remaining';
import { HistoryWriter } from './testing/history';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';

const manifest = manifestOf(orderDocument);
const of = ({ events }: { events: HistoryWriter['events'] }, settlements: Settlement[] = []) =>
  remaining(events, manifest, { pending: null, settlements });
const counts = (history: { events: HistoryWriter['events'] }, settlements: Settlement[] = []) => {
  const { remains, mayRemain, left, phase } = of(history, settlements);
  return { remains, mayRemain, left, phase };
};
const found = (activityId: string, what: Settlement['found']): Settlement => ({
  activityId,
  found: what,
  by: 'Ada',
  reason: 'looked at the bank',
  atMs: 1,
});

describe('effects that a run left behind, found in its history', () => {
  it('[RM1] in a killed run, completed effects remain and sent ones may remain', () => {
    expect(counts(runs.terminated())).toEqual({ remains: 2, mayRemain: 2, left: 4, phase: 'left-standing' });
    expect(of(runs.terminated()).entries.map(({ activityId, happened }) => [activityId, happened])).toEqual([
      ['reserve-inventory', 'yes'],
      ['charge-payment', 'yes'],
      ['create-shipment', 'maybe'],
      ['book-invoice', 'maybe'],
    ]);
  });
  it('[RM1] a run that was killed before its first effect left nothing and has no phase', () => {
    const none = { remains: 0, mayRemain: 0, left: 0, phase: null };
    expect(counts(new HistoryWriter().close('Terminated'))).toEqual(none);
    expect(counts(new HistoryWriter().close('TimedOut'))).toEqual(none);
  });
  it('[RM1] in a run killed while it unwinds, undone effects do not count, and one being undone may remain', () => {
    const undoing = new HistoryWriter().do('reserve-inventory').do('charge-payment').schedule('charge-payment:undo');
    expect(counts(undoing.close('Terminated'))).toEqual({ remains: 1, mayRemain: 1, left: 2, phase: 'left-standing' });
    const undone = new HistoryWriter().do('reserve-inventory').do('reserve-inventory:undo').close('TimedOut');
    expect(counts(undone)).toEqual({ remains: 0, mayRemain: 0, left: 0, phase: 'unwound' });
  });
  it('[RM2] an open run and a completed run have no phase of a closed run', () => {
    expect(of(new HistoryWriter().do('reserve-inventory')).phase).toBeNull();
    expect(counts(runs.completed())).toMatchObject({ phase: null, mayRemain: 0 });
    expect(counts(runs.leftStanding())).toMatchObject({ phase: 'left-standing', left: 1 });
    expect(counts(runs.unwound())).toMatchObject({ phase: 'unwound', left: 0 });
  });
  it('[RM3] a person settles effects of a closed run only', () => {
    const killed = () => new HistoryWriter().do('reserve-inventory').schedule('charge-payment').close('Terminated');
    expect(counts(killed())).toMatchObject({ remains: 1, mayRemain: 1 });
    expect(counts(killed(), [found('charge-payment', 'notApplied')])).toMatchObject({ remains: 1, mayRemain: 0 });
    expect(counts(killed(), [found('charge-payment', 'remains')])).toMatchObject({ remains: 2, mayRemain: 0 });
    const both = [found('charge-payment', 'undone'), found('reserve-inventory', 'undone')];
    expect(counts(killed(), both)).toEqual({ remains: 0, mayRemain: 0, left: 0, phase: 'unwound' });
    const open = new HistoryWriter().do('reserve-inventory');
    expect(counts(open, [found('reserve-inventory', 'undone')])).toMatchObject({ remains: 1 });
  });
});
