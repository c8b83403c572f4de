/**
 * A paused run and a paused step on the screens: [N12] of node-states.ts, [RVS5] of what-now.ts, and [SEN4] of the
 * sentence under the header.
 */
import { describe, expect, it } from 'vitest';
import type { PendingActivityView, RunFacts } from './model';
import { project } from './project';
import { HistoryWriter } from './testing/history';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';

const manifest = manifestOf(orderDocument);
const view = (facts: RunFacts) => project(facts, manifest);
const SHOP = { identity: 'Olga', reason: 'The shop is closed.' };
const paused = (history: HistoryWriter): HistoryWriter => {
  history.add('WorkflowExecutionPaused', { ...SHOP, requestId: 'p' });
  return history;
};
const charging = () => new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
const withPending = (history: HistoryWriter, more: Partial<PendingActivityView>, facts: Partial<RunFacts> = {}) =>
  history.facts({ pending: [history.pending('charge-payment', more)], ...facts });
const backingOff = (nowMs: number): Partial<PendingActivityView> => ({
  state: 'backingOff',
  attempt: 2,
  nextAttemptMs: nowMs + 4_000,
  lastFailure: { type: 'X', message: 'nobody there' },
});

describe('a paused run', () => {
  it('[RVS5] says who paused it, when and why, until it is resumed or has ended', () => {
    const history = charging();
    const atMs = history.nowMs;
    const pause = { by: 'Olga', reason: 'The shop is closed.', atMs };
    expect(view(paused(history).facts()).pause).toEqual(pause);
    const closed = paused(charging()).close('Terminated');
    expect(view(closed.facts({ status: 'terminated' })).pause).toBeNull();
    history.add('WorkflowExecutionUnpaused', { identity: 'Dan' });
    expect(view(history.facts()).pause).toBeNull();
    expect(view(charging().facts()).pause).toBeNull();
  });

  it('[N12] [SEN4] a step that backs off or has not begun waits for the end: it does not retry, nor lack a worker', () => {
    const history = paused(charging());
    const late = { nowMs: history.nowMs + 60_000 };
    const waiting: Partial<PendingActivityView>[] = [
      backingOff(history.nowMs),
      { state: 'scheduled', lastStartedMs: null, nextAttemptMs: history.nowMs },
    ];
    for (const more of waiting) {
      const { nodes, whatNow, standing, timeline } = view(withPending(history, more, late));
      expect(nodes['charge-payment']).toMatchObject({
        state: 'paused',
        dueMs: null,
        note: 'Waits until the run is resumed',
      });
      expect(whatNow).toBeNull();
      expect(standing).toMatchObject({
        state: 'paused',
        sentence: 'Waits until the run is resumed: Charge payment.',
        nextMs: null,
        next: null,
      });
      expect(timeline.find(({ nodeId }) => nodeId === 'charge-payment')?.state).toBe('paused');
    }
    // The same without the pause.
    const open = charging();
    expect(view(withPending(open, backingOff(open.nowMs))).nodes['charge-payment']?.state).toBe('retrying');
    expect(view(withPending(open, waiting[1]!, late)).whatNow?.kind).toBe('noWorker');
  });

  it('[SEN4] an attempt under way is still said to run; with nothing under way, that is said', () => {
    const history = paused(charging());
    expect(view(withPending(history, {})).standing.sentence).toBe('Running: Charge payment.');
    const idle = paused(new HistoryWriter().do('reserve-inventory'));
    expect(view(idle.facts()).standing).toMatchObject({ state: 'paused', sentence: 'Nothing is under way.' });
  });

  it('[RVS5] an approval is still named, without a time at which it would be answered', () => {
    const facts = runs.waitsForApproval();
    const opening = facts.events.find(({ attributes }) => attributes.activityId === 'approve-order:open');
    Object.assign((opening?.attributes.input as [object])[0], { dueAtMs: facts.nowMs + 60_000 });
    const before = view(facts);
    expect(before.whatNow?.next).toBe('fails automatically');
    const id = facts.events.length + 1;
    const event = { id, timeMs: facts.nowMs, type: 'WorkflowExecutionPaused', attributes: SHOP };
    const after = view({ ...facts, events: [...facts.events, event] });
    expect(after.whatNow).toMatchObject({ kind: 'waitsForApproval', nextMs: null, next: null });
    expect(after.whatNow?.sentence).toBe(before.whatNow?.sentence);
  });
});

describe('a paused step', () => {
  const pause = { by: 'Olga', reason: 'The shop is closed.', atMs: 5 };

  it('[N12] [RVS5] is paused, by whom and why; the run does not seem to retry it', () => {
    const history = charging();
    const { nodes, whatNow } = view(
      withPending(history, { ...backingOff(history.nowMs), state: 'paused', nextAttemptMs: null, pause })
    );
    expect(nodes['charge-payment']).toMatchObject({
      state: 'paused',
      dueMs: null,
      note: 'Paused by Olga: The shop is closed.',
      failure: { message: 'nobody there' },
    });
    expect(whatNow).toMatchObject({
      kind: 'stepPaused',
      stepId: 'charge-payment',
      sentence: 'Charge payment is paused by Olga: The shop is closed.',
      sinceMs: 5,
      nextMs: null,
    });
  });

  it('[RVS5] its attempt that is under way is said to be', () => {
    const { nodes, whatNow } = view(
      withPending(charging(), { state: 'pauseRequested', pause: { ...pause, reason: '' } })
    );
    expect(nodes['charge-payment']).toMatchObject({ state: 'running', note: 'Paused by Olga' });
    expect(whatNow?.sentence).toBe('Charge payment is paused by Olga. Attempt 1 is still under way.');
  });

  it('[RVS5] an undo that is paused is named by its own title', () => {
    const history = charging().complete('charge-payment').phase('unwinding').schedule('charge-payment:undo');
    const pending = [history.pending('charge-payment:undo', { state: 'paused', pause })];
    const { nodes, whatNow } = view(history.facts({ pending }));
    expect(whatNow?.sentence).toMatch(/^Refund payment is paused by Olga/);
    expect(nodes['charge-payment']).toMatchObject({ state: 'unwinding', note: 'Paused by Olga: The shop is closed.' });
  });
});
