import { describe, expect, test } from 'vitest';
import { manifestOf, orderDocument } from '@/engine/run-view/testing/order';
import { runs } from '@/engine/run-view/testing/runs';
import { project } from '@/engine/run-view/project';
import { killConsequence, stopLabel } from './stop-words';
import { stopIsIdle, stoppingOf } from './stopping';

const manifest = manifestOf(orderDocument);
const of = (facts: ReturnType<(typeof runs)['fresh']>) => stoppingOf(project(facts, manifest), manifest);

describe('what stopping a run would do', () => {
  test('[T1] what is armed is undone, the last first; what stands is what a kill leaves', () => {
    const { undone, standing, stays } = of(runs.retrying());
    expect(undone.map(({ undoOrder }) => undoOrder)).toEqual(undone.map((_, index) => index + 1));
    expect(undone.length).toBeGreaterThan(0);
    expect(standing.length).toBe(undone.length + stays.length);
  });
  test('[T2] a run that did nothing has nothing to undo, and says so', () => {
    expect(of(runs.fresh())).toMatchObject({ undone: [], standing: [] });
    expect(stopLabel(0)).toBe('Stop, nothing to undo');
    expect(killConsequence(0)).toBe('Nothing stands now');
  });
  test('[T3] numbers are said as a person says them', () => {
    expect([stopLabel(1), stopLabel(2)]).toEqual(['Stop and undo 1 step', 'Stop and undo 2 steps']);
    expect([killConsequence(1), killConsequence(2)]).toEqual(['1 effect stays', '2 effects stay']);
  });
  test('[T4] a closed run undoes nothing more', () => {
    expect(of(runs.completed()).undone).toEqual([]);
  });
  test('[T5] past the point of no return, on the way back, and when it was asked before, stopping changes nothing', () => {
    const idle = (facts: ReturnType<(typeof runs)['fresh']>, phase: string | null, passed = false) => {
      const { ledger, nodes } = project(facts, manifest);
      const pivot = { ...manifest.nodes['reserve-inventory']!, pivot: true };
      const read = passed ? { ...manifest, nodes: { ...manifest.nodes, 'reserve-inventory': pivot } } : manifest;
      return stopIsIdle(facts.events, { ledger, nodes }, phase, read);
    };
    expect(idle(runs.retrying(), null)).toBeNull();
    expect(idle(runs.retrying(), null, true)).toMatch(/point of no return/);
    expect(idle(runs.retrying(), 'unwinding')).toMatch(/unwinding already/);
    const asked = runs.retrying();
    const event = { id: 999, timeMs: 0, type: 'WorkflowExecutionCancelRequested', attributes: {} };
    expect(idle({ ...asked, events: [...asked.events, event] }, null)).toMatch(/asked to stop already/);
  });
});
