/** The remaining effects of a killed run, counted from its history: the same as in the ledger on its page. */
import { describe, expect, it } from 'vitest';
import { command, payloads, TestRun } from '../history/testing/run';
import { manifestOf, orderDocument } from '../run-view/testing/order';
import { countLeft } from './effect-counter';

const manifest = manifestOf(orderDocument);
const step = (activityId: string) => command.schedule(activityId, { input: payloads({}) });

describe('a run that is killed', () => {
  it('[EC9] before its first step has no effects', () => {
    const run = new TestRun();
    run.terminate();
    expect(countLeft(run.events, manifest)).toMatchObject({ standing: 0, phase: null });
  });

  it('[EC10] leaves its completed effects, and its sent ones may remain', () => {
    const run = new TestRun();
    run.task(step('reserve-inventory'));
    run.completeActivity(run.ref('reserve-inventory'));
    run.task(step('charge-payment'));
    run.terminate();
    expect(countLeft(run.events, manifest)).toMatchObject({ standing: 2, phase: 'left-standing' });
  });

  it('[EC11] while it unwinds leaves the effects that are not yet undone', () => {
    const run = new TestRun();
    run.task(step('reserve-inventory'));
    run.completeActivity(run.ref('reserve-inventory'));
    run.task(step('reserve-inventory:undo'));
    run.completeActivity(run.ref('reserve-inventory:undo'));
    run.terminate();
    expect(countLeft(run.events, manifest)).toMatchObject({ standing: 0, phase: 'unwound' });
  });
});
