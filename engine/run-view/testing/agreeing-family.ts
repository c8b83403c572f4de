/** What must be true of a family of runs and of the books that it has written. The rules are in families.test.ts. */
import { expect } from 'vitest';
import { STATUS } from '../../run-name';
import { handedEffects, handedIdOf } from '../../saga/handed';
import { countsHere, isLeft, ledgerOf, NOTHING_BESIDE, surelyRemains } from '../ledger';
import type { LedgerEntry, RunFacts } from '../model';
import { PASSED_ON, readPassedOn } from '../passed-on';
import { project } from '../project';
import { readRecords } from '../records';
import { remaining } from '../remaining';
import type { Family, FamilyRun } from './family';
import { manifestOf } from './order';

/** The key of each step with an effect that was called in a run. */
export function keysOf({ events, flow }: FamilyRun): Map<string, string> {
  const { nodes } = manifestOf(flow);
  return new Map(
    readRecords(events).activities.flatMap(({ activityId, parsed, attempt: _ }) => {
      if (parsed?.role !== 'do' || nodes[parsed.nodeId]?.effect === 'none') return [];
      const scheduled = events.find(
        ({ type, attributes }) => type === 'ActivityTaskScheduled' && attributes.activityId === activityId
      );
      const [, call] = scheduled!.attributes.input as [unknown, { idempotencyKey: string }];
      return [[activityId, call.idempotencyKey]];
    })
  );
}

/** [FML9] */
export async function agreesEverywhere(play: Family, { terminated = false } = {}): Promise<void> {
  const runs = play.runs();
  const byRunId = new Map([...runs.values()].map((run) => [run.runId, run]));
  const responsible = new Map<string, LedgerEntry>();
  const own = (run: FamilyRun, prefix: string, keys: Map<string, string>, entries: readonly LedgerEntry[]): void => {
    for (const [activityId, key] of keys) {
      const entry = entries.find((each) => each.activityId === prefix + activityId);
      // What a child undid itself is not handed over: its own ledger has it.
      if (entry) responsible.set(key, entry);
    }
  };
  const walk = (run: FamilyRun, depth: number): void => {
    own(run, '', keysOf(run), run.ledger.entries);
    for (const { stepId, runId, left } of readRecords(run.events).children) {
      const inner = runId === null ? undefined : byRunId.get(runId);
      if (!inner) continue;
      walk(inner, depth + 1);
      if (!left) continue;
      const given = handedEffects(left).map(({ activityId }) => handedIdOf(stepId, activityId));
      // Whatever the child had left is in the parent's ledger, once, and nothing else is.
      const taken = run.ledger.entries.filter(({ activityId }) => activityId.startsWith(`${stepId}/`));
      expect(taken.map(({ activityId }) => activityId)).toEqual(given);
      expect(
        inner.ledger.entries
          .filter(({ state }) => isLeft(state))
          .map((e) => handedIdOf(stepId, e.activityId))
          .sort()
      ).toEqual([...given].sort());
      override(inner, `${stepId}/`, run.ledger.entries);
    }
  };
  /** Of an effect that was handed over, the parent's entry counts. */
  const override = (inner: FamilyRun, prefix: string, entries: readonly LedgerEntry[]): void => {
    own(inner, prefix, keysOf(inner), entries);
    for (const { stepId, runId } of readRecords(inner.events).children) {
      const deeper = runId === null ? undefined : byRunId.get(runId);
      if (deeper) override(deeper, `${prefix}${stepId}/`, entries);
    }
  };
  const parents = [...runs.values()].filter(
    ({ events }) => !(events[0]!.attributes.parentWorkflowExecution as { workflowId?: string } | undefined)?.workflowId
  );
  for (const run of parents) walk(run, 0);
  for (const [key, entry] of responsible) {
    const { activityId, state } = entry;
    const held = play.books.holds(key);
    if (state === 'undone' || state === 'notArmed')
      expect([activityId, state, held]).toEqual([activityId, state, false]);
    else if (surelyRemains(entry)) expect([activityId, state, held]).toEqual([activityId, state, true]);
  }
  // Nothing that is in the books is missing in all ledgers.
  for (const run of runs.values())
    for (const [activityId, key] of keysOf(run))
      if (play.books.holds(key)) expect([activityId, isLeft(responsible.get(key)!.state)]).toEqual([activityId, true]);
  for (const run of runs.values()) {
    const { workflowId, status, events, flow, ledger, attributes } = run;
    const names = { 2: 'completed', 3: 'failed', 4: 'canceled', 5: 'terminated' } as const;
    const facts = { status: names[status as 2], events, pending: [], nodes: null, workflowTask: null, nowMs: 0 };
    const projection = project(facts as RunFacts, manifestOf(flow));
    expect(projection.ledger).toEqual(ledger);
    if (status === STATUS.terminated) continue;
    const told = await play.ledger(workflowId);
    const armed = (entries: readonly { activityId: string; state: string }[]) =>
      Object.fromEntries(
        entries.filter(({ state }) => state !== 'notArmed').map(({ activityId, state }) => [activityId, state])
      );
    expect([workflowId, armed(told.entries)]).toEqual([workflowId, armed(ledger.entries)]);
    expect([workflowId, told.standing]).toEqual([workflowId, ledger.left]);
    const { phase, standing } = remaining(events, manifestOf(flow));
    const written = phase === null ? {} : { SagaPhase: phase, SagaStanding: standing };
    expect([workflowId, attributes]).toEqual([workflowId, written]);
  }
  countedOnce(play);
  if (!terminated)
    for (const { status, workflowId } of runs.values()) expect([workflowId, status]).not.toEqual([workflowId, 1]);
}

/** [FML10] */
export function countedOnce(play: Family): void {
  const runs = play.everyRun();
  const byRunId = new Map(runs.map((run) => [run.runId, run]));
  const counts = new Map<string, string[]>();
  for (const run of runs) {
    const manifest = manifestOf(run.flow);
    const beside = { ...NOTHING_BESIDE, passedOn: readPassedOn(run.listed[PASSED_ON]) };
    const { entries } = ledgerOf(run.events, manifest, beside);
    // Of its own steps, and of those of its children, by the ids that they have here.
    const keys = new Map<string, string>();
    const collect = (of: FamilyRun, prefix: string): void => {
      for (const [activityId, key] of keysOf(of)) keys.set(prefix + activityId, key);
      for (const { stepId, runId, lastRunId } of readRecords(of.events).children)
        for (const each of new Set([runId, lastRunId])) {
          const inner = each === null ? undefined : byRunId.get(each);
          if (inner) collect(inner, `${prefix}${stepId}/`);
        }
    };
    collect(run, '');
    for (const entry of entries) {
      const key = keys.get(entry.activityId);
      if (key === undefined || !countsHere(entry)) continue;
      counts.set(key, [...(counts.get(key) ?? []), `${run.runId} ${entry.activityId} ${entry.state}`]);
    }
    if (run.status === STATUS.running) continue;
    const { phase, standing } = remaining(run.events, manifest, beside);
    const { SagaPhase = null, SagaStanding = 0 } = run.listed;
    expect([run.workflowId, run.runId, SagaPhase, SagaStanding]).toEqual([run.workflowId, run.runId, phase, standing]);
  }
  for (const [key, where] of counts) expect([key, where]).toEqual([key, [where[0]]]);
  for (const run of runs)
    for (const [activityId, key] of keysOf(run))
      if (play.books.holds(key)) {
        const states = run.ledger.entries.filter((entry) => entry.activityId === activityId).map(({ state }) => state);
        expect([run.runId, activityId, key, states, counts.has(key)]).toEqual([
          run.runId,
          activityId,
          key,
          states,
          true,
        ]);
      }
}
