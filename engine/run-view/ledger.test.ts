import { describe, expect, it } from 'vitest';
import { actor, HistoryWriter } from './testing/history';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';
import { ledgerOf, NOTHING_BESIDE, type KnownBeside } from './ledger';
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import type { PendingActivityView, RunFacts } from './model';

const manifest = manifestOf(orderDocument);
const read = (history: HistoryWriter | RunFacts) => {
  const ledger = ledgerOf(history.events, manifest);
  const states = Object.fromEntries(
    ledger.entries.map((entry) => [
      entry.activityId,
      entry.undoOrder === null ? entry.state : `${entry.state} ${entry.undoOrder}`,
    ])
  );
  return {
    ledger,
    states,
    standing: ledger.left,
    of: (id: string) => ledger.entries.find((entry) => entry.activityId === id)!,
  };
};

describe('the ledger of a run', () => {
  it('[G1] every step with an effect has an entry, and other steps have none', () => {
    expect(read(new HistoryWriter()).ledger.entries.map((entry) => [entry.nodeId, entry.state])).toEqual([
      ['reserve-inventory', 'notArmed'],
      ['charge-payment', 'notArmed'],
      ['create-shipment', 'notArmed'],
      ['book-invoice', 'notArmed'],
      ['hand-over', 'notArmed'],
    ]);
  });
  it('[G1] a step in a loop has an entry for each item', () => {
    const { ledger } = read(
      new HistoryWriter().do('reserve-inventory~1').do('reserve-inventory~2').do('reserve-inventory~1:undo')
    );
    expect(ledger.entries.slice(0, 2).map((entry) => [entry.activityId, entry.state])).toEqual([
      ['reserve-inventory~1', 'undone'],
      ['reserve-inventory~2', 'standing'],
    ]);
  });
  it('[G2] the effect of a completed step remains; that of a sent one may have happened, with any undo', () => {
    expect(read(new HistoryWriter().schedule('reserve-inventory')).states['reserve-inventory']).toBe('mayStand 1');
    expect(read(new HistoryWriter().do('reserve-inventory').schedule('charge-payment')).states).toMatchObject({
      'reserve-inventory': 'standing 2',
      'charge-payment': 'mayStand 1',
    });
    expect(read(new HistoryWriter().do('reserve-inventory', { id: 7 })).of('reserve-inventory').output).toEqual({
      id: 7,
    });
  });
  it('[G2] a pending attempt shows whether it was sent and until when its answer can come', () => {
    const history = new HistoryWriter().schedule('reserve-inventory');
    const of = (more: Partial<PendingActivityView>) => {
      const pending = [history.pending('reserve-inventory', more)];
      return ledgerOf(history.events, manifest, { pending, settlements: [] }).entries[0];
    };
    const sentMs = history.nowMs;
    expect(of({ state: 'scheduled', lastStartedMs: null })).toMatchObject({ state: 'notArmed', underWay: true });
    expect(of({ state: 'started', lastStartedMs: sentMs })).toMatchObject({
      state: 'mayStand',
      happened: 'maybe',
      underWay: true,
      answersByMs: sentMs + 30_000,
    });
    // Between two attempts no request is open; earlier attempts may still have had the effect.
    const between = { state: 'backingOff', attempt: 2 } as const;
    expect(of({ ...between, lastFailure: { type: 'Timeout', message: 'lost' } })).toMatchObject({
      state: 'mayStand',
      answersByMs: null,
    });
    expect(of({ ...between, lastFailure: { type: 'NotApplied', message: 'no' } })).toMatchObject({
      state: 'notArmed',
      happened: 'no',
    });
  });
  it('[G3] after a failed attempt the effect may have happened; after NotApplied it has not', () => {
    expect(
      read(new HistoryWriter().schedule('reserve-inventory').timeOut('reserve-inventory')).of('reserve-inventory')
    ).toMatchObject({
      state: 'mayStand',
      failure: { type: 'Timeout' },
    });
    expect(
      read(new HistoryWriter().schedule('charge-payment').fail('charge-payment', 'NotApplied', 'declined')).standing
    ).toBe(0);
    const cancelled = (maximumAttempts: number) =>
      read(
        new HistoryWriter()
          .schedule('charge-payment', {}, maximumAttempts)
          .cancelActivity('charge-payment', { unstarted: true })
      );
    // With more than one attempt it may have waited for the next one.
    expect([cancelled(1).standing, cancelled(5).standing, cancelled(0).standing]).toEqual([0, 1, 1]);
    const denied = new HistoryWriter().schedule('charge-payment').fail('charge-payment', 'EgressDenied', 'no', {
      details: [{ applied: false }],
    });
    expect(read(denied).standing).toBe(0);
    expect(read(new HistoryWriter().schedule('charge-payment').cancelActivity('charge-payment')).standing).toBe(1);
  });
  it('[G4] a check or a decision settles an unknown outcome', () => {
    const lost = () => new HistoryWriter().schedule('charge-payment').timeOut('charge-payment');
    const decide = (choice: string, more = {}) => ({
      nodeId: 'charge-payment',
      choice,
      reason: 'looked',
      actor: actor('Ada'),
      ...more,
    });
    expect(read(lost().do('charge-payment:check', { applied: false })).of('charge-payment').state).toBe('notArmed');
    expect(
      read(lost().do('charge-payment:check', { applied: true, output: { id: 1 } })).of('charge-payment')
    ).toMatchObject({
      state: 'standing',
      output: { id: 1 },
    });
    expect(
      read(lost().update('__decideOutcome', 'o', decide('applied', { output: { id: 2 } }))).of('charge-payment')
    ).toMatchObject({
      state: 'standing',
      output: { id: 2 },
      decidedBy: { name: 'Ada', reason: 'looked' },
    });
    expect(read(lost().update('__decideOutcome', 'o', decide('notApplied'))).of('charge-payment').state).toBe(
      'notArmed'
    );
    expect(read(lost().update('__decideOutcome', 'o', decide('undo'))).of('charge-payment')).toMatchObject({
      state: 'mayStand',
      undoOrder: 1,
    });
    expect(
      read(lost().update('__decideOutcome', 'o', decide('notApplied'), 'failure')).of('charge-payment').state
    ).toBe('mayStand');
  });
  it('[G5] the last undo determines the state', () => {
    const done = () => new HistoryWriter().do('reserve-inventory');
    expect(read(done().schedule('reserve-inventory:undo')).states['reserve-inventory']).toBe('undoing 1');
    expect(read(done().do('reserve-inventory:undo'))).toMatchObject({
      standing: 0,
      states: { 'reserve-inventory': 'undone' },
    });
    expect(read(done().schedule('reserve-inventory:undo').fail('reserve-inventory:undo', 'X', 'no'))).toMatchObject({
      standing: 1,
      states: { 'reserve-inventory': 'undoFailed' },
    });
  });
  it('[G6] by hand, leave it and retry end the undo or begin it again', () => {
    const failed = () =>
      new HistoryWriter()
        .do('reserve-inventory')
        .schedule('reserve-inventory:undo')
        .fail('reserve-inventory:undo', 'X', 'no');
    const decide = (choice: string) => ({ nodeId: 'reserve-inventory', choice, reason: 'why', actor: actor('Ada') });
    expect(read(failed().update('__decideUndo', 'u', decide('doneByHand')))).toMatchObject({
      standing: 0,
      states: { 'reserve-inventory': 'doneByHand' },
    });
    expect(read(failed().update('__decideUndo', 'u', decide('leave')))).toMatchObject({
      standing: 1,
      states: { 'reserve-inventory': 'leftStanding' },
    });
    const again = failed().update('__decideUndo', 'u', decide('retry')).schedule('reserve-inventory:undo');
    expect(read(again).states['reserve-inventory']).toBe('undoing 1');
    expect(read(again.fail('reserve-inventory:undo', 'X', 'no')).states['reserve-inventory']).toBe('undoFailed');
    expect(read(failed().update('__decideUndo', 'u', decide('leave'), 'failure')).states['reserve-inventory']).toBe(
      'undoFailed'
    );
  });
  it('[G7] undos have the reverse order of arming, and none follows the pivot or the close', () => {
    const history = () => new HistoryWriter().do('reserve-inventory').do('charge-payment').do('create-shipment');
    expect(read(history()).states).toMatchObject({
      'reserve-inventory': 'standing 3',
      'charge-payment': 'standing 2',
      'create-shipment': 'standing 1',
    });
    // The step that completed last is undone first; a step that still runs will complete last.
    const crossed = new HistoryWriter().schedule('charge-payment').schedule('reserve-inventory');
    expect(read(crossed.complete('reserve-inventory')).states).toMatchObject({
      'reserve-inventory': 'standing 2',
      'charge-payment': 'mayStand 1',
    });
    const book = crossed.complete('charge-payment').do('book-invoice');
    expect(read(book).states).toMatchObject({
      'reserve-inventory': 'standing 3',
      'charge-payment': 'standing 2',
      'book-invoice': 'standing 1',
    });
    expect(read(history().do('hand-over')).states).toMatchObject({
      'reserve-inventory': 'standing',
      'hand-over': 'standing',
    });
    expect(read(history().close('Completed')).states['charge-payment']).toBe('standing');
  });
  it('[G13] after an undo whose outcome is unknown the effect may remain, whoever leaves it; a proof is believed', () => {
    const failing = (type: string, more: object = {}) =>
      new HistoryWriter()
        .do('reserve-inventory')
        .schedule('reserve-inventory:undo')
        .fail('reserve-inventory:undo', type, 'no', more);
    const of = (history: HistoryWriter, more: Partial<KnownBeside> = {}) => {
      const { entries, remains, mayRemain } = ledgerOf(history.events, manifest, { ...NOTHING_BESIDE, ...more });
      return [entries[0]?.state, remains, mayRemain];
    };
    expect(of(failing('HttpStatus'))).toEqual(['undoFailed', 0, 1]);
    expect(of(failing('NotApplied'))).toEqual(['undoFailed', 1, 0]);
    // The second proves nothing about the first.
    const twice = failing('HttpStatus')
      .schedule('reserve-inventory:undo')
      .fail('reserve-inventory:undo', 'NotApplied', 'no');
    expect(of(twice)).toEqual(['undoFailed', 0, 1]);
    const left = failing('HttpStatus').update('__decideUndo', 'd-1', {
      nodeId: 'reserve-inventory',
      choice: 'leave',
      reason: 'too late',
      actor: actor('Ada'),
    });
    expect(of(left)).toEqual(['leftStanding', 0, 1]);
    // Who looks after the run has ended, knows.
    const seen = { activityId: 'reserve-inventory', found: 'remains', by: 'Ada', reason: 'seen', atMs: 1 } as const;
    expect(of(left.close('Failed'), { settlements: [seen] })).toEqual(['leftStanding', 1, 0]);
  });
  it('[G9] if late calls are possible, an undo of an unknown outcome leaves it unknown', () => {
    const reserve = manifest.nodes['reserve-inventory']!;
    const late = (more: Partial<NodeManifest>): FlowManifest => ({
      ...manifest,
      nodes: { ...manifest.nodes, 'reserve-inventory': { ...reserve, ...more } },
    });
    const undone = (waitMs: number) =>
      new HistoryWriter()
        .schedule('reserve-inventory')
        .timeOut('reserve-inventory')
        .wait(waitMs)
        .do('reserve-inventory:undo');
    const of = (history: HistoryWriter, more: Partial<NodeManifest>) => ledgerOf(history.events, late(more)).entries[0];
    // Versions that were published before the field was declared behave like this.
    expect(of(undone(0), { lateCalls: undefined })).toMatchObject({ state: 'undone', undoRan: false });
    expect(of(undone(0), { lateCalls: 'refused' })).toMatchObject({ state: 'undone' });
    expect(of(undone(0), { lateCalls: 'possible' })).toMatchObject({
      state: 'mayStand',
      happened: 'maybe',
      undoRan: true,
      undoOrder: null,
    });
    const settling = { lateCalls: 'possible', settlesWithinMs: 60_000 } as const;
    expect([of(undone(50_000), settling)?.state, of(undone(60_000), settling)?.state]).toEqual(['mayStand', 'undone']);
    // An effect that is known to have happened cannot happen again, so its undo is certain.
    const known = new HistoryWriter().do('reserve-inventory').do('reserve-inventory:undo');
    expect(of(known, { lateCalls: 'possible' })?.state).toBe('undone');
    const checked = new HistoryWriter()
      .schedule('reserve-inventory')
      .timeOut('reserve-inventory')
      .do('reserve-inventory:check', { applied: false });
    expect(of(checked, { lateCalls: 'possible' })).toMatchObject({ state: 'mayStand', undoOrder: null });
    expect(of(checked, { lateCalls: 'refused' })?.state).toBe('notArmed');
  });
  it('[G8] an effect whose request had no answer when the run closed may have happened', () => {
    expect(read(new HistoryWriter().schedule('reserve-inventory').close('Terminated'))).toMatchObject({
      standing: 1,
      states: { 'reserve-inventory': 'mayStand' },
    });
    expect(
      read(new HistoryWriter().do('reserve-inventory').schedule('reserve-inventory:undo').close('Terminated')).states[
        'reserve-inventory'
      ]
    ).toBe('mayStand');
  });
  it('shows whole runs as an operator expects', () => {
    expect(read(runs.unwound()).standing).toBe(0);
    expect(read(runs.needsHand()).standing).toBe(2);
    const left = read(runs.leftStanding());
    expect(left.standing).toBe(1);
    expect(left.of('charge-payment')).toMatchObject({
      state: 'leftStanding',
      decidedBy: { name: 'Ada', reason: 'customer keeps a voucher' },
    });
    expect(left.of('reserve-inventory')).toMatchObject({ state: 'doneByHand', decidedBy: { name: 'Bob' } });
  });
});
