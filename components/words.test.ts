import { describe, expect, test } from 'vitest';
import { RUN_STANDINGS, type RunStanding } from '@/app/_contract/runs';
import { runs } from '@/engine/run-view/testing/runs';
import { manifestOf, orderDocument } from '@/engine/run-view/testing/order';
import { ledgerOf } from '@/engine/run-view/ledger';
import { effectWords, runWords, STANDING_WORDS, type RunState } from './words';

const run = (standingState: RunStanding, more: Partial<RunState> = {}): RunState => ({
  status: 'running',
  standingState,
  phase: null,
  standing: null,
  ...more,
});

describe('the words of a run', () => {
  test('[COWO1] a run with an open question waits for a person; one that needs an operator needs a decision', () => {
    expect(runWords(run('running')).words).toBe('Running');
    expect(runWords(run('running', { asks: true }))).toEqual({ words: 'Waits for a person', mark: 'waitsForPerson' });
    expect(runWords(run('needsHand', { asks: true })).words).toBe('Needs a decision');
  });
  test('[COWO4] a run that is paused says so, beside what else is true of it', () => {
    const paused = { isPaused: true };
    expect(runWords(run('paused', paused))).toEqual({ words: 'Paused', mark: 'paused' });
    expect(runWords(run('paused', { ...paused, asks: true })).words).toBe('Waits for a person: paused');
    expect(runWords(run('paused', { ...paused, phase: 'unwinding' })).words).toBe('Undoing: paused');
    expect(runWords(run('needsHand', { ...paused, phase: 'needs-hand' })).words).toBe('Needs a decision: paused');
  });
  test('[COWO2] a closed run waits for nobody and shows what may remain of it', () => {
    const killed: Partial<RunState> = { status: 'terminated', phase: 'left-standing', asks: true };
    expect(runWords(run('terminatedStanding', { ...killed, standing: 1 })).words).toBe('Killed: 1 effect may remain');
    expect(runWords(run('failedStanding', { status: 'failed', standing: 2 })).words).toBe(
      'Failed: 2 effects may remain'
    );
    expect(runWords(run('terminated', { status: 'terminated', phase: 'needs-hand' })).words).toBe('Killed');
    const counting = { status: 'terminated', phase: 'counting' as RunState['phase'] } as const;
    expect(runWords(run('terminated', counting)).words).toBe('Killed: effects are being counted');
  });
  test('[COWO1] every filter has different words', () => {
    const words = RUN_STANDINGS.map((standing) => STANDING_WORDS[standing].words);
    expect(new Set(words).size).toBe(RUN_STANDINGS.length);
  });
});

test('[COWO3] an uncertain effect is never stated as a fact', () => {
  const [entry] = ledgerOf(runs.terminated().events, manifestOf(orderDocument)).entries;
  const said = (more: Partial<NonNullable<typeof entry>>) => effectWords({ ...entry!, ...more });
  expect(said({})).toBe('remains');
  expect(said({ state: 'mayStand', happened: 'maybe', underWay: true })).toBe('may have happened: no answer yet');
  expect(said({ state: 'mayStand', happened: 'maybe', undoRan: true })).toContain('may remain');
  expect(said({ state: 'undoFailed', happened: 'maybe' })).toBe('Release inventory failed: may remain');
  expect(said({ state: 'undoFailed' })).toBe('Release inventory failed: remains');
});
