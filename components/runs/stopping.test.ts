import { describe, expect, test } from 'vitest';
import { manifestOf, orderDocument } from '@/engine/run-view/testing/order';
import { HistoryWriter } from '@/engine/run-view/testing/history';
import { runs } from '@/engine/run-view/testing/runs';
import { project } from '@/engine/run-view/project';
import type { EndableWait } from '@/engine/saga/contract';
import { killConsequence, stopLabel } from './stop-words';
import { afterAnswer, afterWait, stopIsIdle, stoppingOf, waitsUntilMs } from '@/engine/run-view/stopping';

const manifest = manifestOf(orderDocument);
const of = (facts: ReturnType<(typeof runs)['fresh']>) => stoppingOf(project(facts, manifest));

describe('what stopping a run would do', () => {
  test('[ST1] known effects are undone, the last one first; requests without an answer are waited for', () => {
    const { undone, waitsFor } = of(runs.retrying());
    expect(undone.map(({ nodeId }) => nodeId)).toEqual(['book-invoice', 'charge-payment', 'reserve-inventory']);
    expect(waitsFor.map(({ nodeId, happened }) => [nodeId, happened])).toEqual([['create-shipment', 'maybe']]);
  });
  test('[ST2] a run without effects has nothing to undo, and the button says so', () => {
    expect(of(runs.fresh())).toEqual({ undone: [], stays: [], waitsFor: [] });
    expect(stopLabel(of(runs.fresh()))).toBe('Stop, nothing to undo');
    expect(killConsequence({ remains: 0, mayRemain: 0 })).toBe('No effect remains');
  });
  test('[ST3] counts have a correct plural, and an uncertain effect is never stated as a fact', () => {
    const one = of(runs.retrying()).undone.slice(0, 1);
    expect(stopLabel({ undone: one, waitsFor: [] })).toBe('Stop and undo 1 step');
    expect(stopLabel({ undone: [...one, ...one], waitsFor: one })).toBe('Stop and undo 2 steps');
    expect(stopLabel({ undone: [], waitsFor: one })).toBe('Stop after 1 answer');
    expect(killConsequence({ remains: 1, mayRemain: 0 })).toBe('1 effect remains');
    expect(killConsequence({ remains: 0, mayRemain: 2 })).toBe('2 effects may remain');
    expect(killConsequence({ remains: 2, mayRemain: 1 })).toBe('2 effects remain, 1 may remain');
  });
  test('[ST6] for a request without an answer, a stop shows its time limit and the result of each answer', () => {
    const history = new HistoryWriter().schedule('charge-payment');
    const sentMs = history.nowMs;
    const facts = history.facts({ pending: [history.pending('charge-payment', { lastStartedMs: sentMs })] });
    const stopping = of(facts);
    expect(stopping.waitsFor.map(({ nodeId }) => nodeId)).toEqual(['charge-payment']);
    expect(stopping.undone).toEqual([]);
    expect(waitsUntilMs(stopping)).toBe(sentMs + 30_000);
    expect(afterAnswer(stopping.waitsFor[0]!, manifest)).toBe(
      'If it happened: Refund payment. If no answer comes, a person is asked.'
    );
  });
  test('[ST7] before a wait is ended, it is said what follows, and that a late call may still take effect', () => {
    const step = (lateCalls?: 'refused') => ({
      ...manifest,
      nodes: { ...manifest.nodes, 'charge-payment': { ...manifest.nodes['charge-payment']!, lateCalls } },
    });
    const of = (role: EndableWait['role'], read = step()) =>
      afterWait({ nodeId: 'charge-payment', activityId: 'charge-payment', role, sinceMs: 0 }, read);
    expect(of('do')).toBe('If you end the wait, the outcome is unknown, and a person is asked whether it happened.');
    expect(of('undo', step('refused'))).toBe('If you end the wait, it is undone: Refund payment.');
    expect(of('check')).toBe(
      'If you end the wait, its outcome is looked up. ' +
        'A late call may still take effect after that, so the ledger shows that the effect may remain.'
    );
  });
  test('[ST4] a stop of a closed run undoes nothing', () => {
    expect(of(runs.completed()).undone).toEqual([]);
  });
  test('[ST5] stopping changes nothing after the pivot, during unwinding, or after an earlier stop', () => {
    const idle = (facts: ReturnType<(typeof runs)['fresh']>, phase: string | null, passed = false) => {
      const { ledger, nodes } = project(facts, manifest);
      const pivot = { ...manifest.nodes['reserve-inventory']!, pivot: true };
      const read = passed ? { ...manifest, nodes: { ...manifest.nodes, 'reserve-inventory': pivot } } : manifest;
      return stopIsIdle(facts.events, { ledger, nodes }, phase, read);
    };
    expect(idle(runs.retrying(), null)).toBeNull();
    expect(idle(runs.retrying(), null, true)).toMatch(/point of no return/);
    expect(idle(runs.retrying(), 'unwinding')).toMatch(/undoing already/);
    const asked = runs.retrying();
    const event = { id: 999, timeMs: 0, type: 'WorkflowExecutionCancelRequested', attributes: {} };
    expect(idle({ ...asked, events: [...asked.events, event] }, null)).toMatch(/asked to stop already/);
  });
});
