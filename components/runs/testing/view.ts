/** The view of a run that its page has, for tests of its parts. */
import type { RunFacts } from '@/engine/run-view/model';
import { project } from '@/engine/run-view/project';
import { manifestOf, orderDocument } from '@/engine/run-view/testing/order';
import type { RunView } from '../run-view';

export const manifest = manifestOf(orderDocument);

/** The view of an order, 'order-1', with these facts. */
export function viewOf(facts: RunFacts, change: Partial<RunView> = {}): RunView {
  const closed = facts.status !== 'running';
  const summary = {
    workflowId: 'order-1',
    runId: 'r-1',
    firstRunId: 'r-1',
    workflowType: manifest.workflowType,
    flow: manifest.flow,
    version: 1,
    revision: 'v1.0',
    status: facts.status,
    standingState: 'running' as const,
    phase: null,
    standing: null,
    startMs: 0,
    closeMs: closed ? facts.nowMs : null,
  };
  const live = { ...facts, summary, nodesProblem: null, token: 't', asOfMs: facts.nowMs };
  return {
    detail: {
      summary,
      manifest,
      taskQueue: 'backstitch',
      memo: {},
      searchAttributes: {},
      live,
      settlements: [],
      parent: null,
      handedOver: null,
      retention: closed ? { deletesAtMs: null, isHeld: false, kept: null } : null,
      may: { operate: true, decide: true, resolve: true, keep: true, delete: true },
    },
    live,
    manifest,
    readBy: manifest,
    projection: project(facts, manifest),
    away: null,
    blocked: null,
    undecided: change.blocked ?? null,
    past: null,
    mute: null,
    ...change,
  };
}
