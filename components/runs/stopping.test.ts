import { describe, expect, test } from 'vitest';
import { manifestOf, orderDocument } from '@/engine/flow/run/fixtures/order';
import { runs } from '@/engine/flow/run/fixtures/runs';
import { project } from '@/engine/flow/run/project';
import { killConsequence, stopLabel } from './stop-words';
import { stoppingOf } from './stopping';

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
});
