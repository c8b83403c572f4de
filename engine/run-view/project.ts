/** Computes the view of a run: one pure function for the live page, closed runs and tests. */
import type { FlowManifest } from '../flow/manifest';
import { withHandedOver } from './handed-over';
import { ledgerFrom } from './ledger';
import type { RunFacts, RunProjection } from './model';
import { nodeStatesOf } from './node-states';
import { readRecords, type Records } from './records';
import { standingOf } from './standing';
import { timelineOf } from './timeline';
import { whatNowOf } from './what-now';

export const project = (facts: RunFacts, manifest: FlowManifest): RunProjection =>
  projectRecords(facts, readRecords(facts.events), manifest);

/** `records`: those of the events. */
export function projectRecords(facts: RunFacts, records: Records, manifest: FlowManifest): RunProjection {
  const { pending, settlements = [], lateAnswers = [], passedOn } = facts;
  const own = ledgerFrom(records, manifest, { pending, settlements, lateAnswers, passedOn });
  const ledger = withHandedOver(own, facts.handedOver);
  const { nodes, branches, steps, items } = nodeStatesOf(withCarried(facts, records), records, ledger, manifest);
  return {
    nodes,
    branches,
    steps,
    items,
    ledger,
    timeline: timelineOf(facts, records, { ...nodes, ...steps }, ledger, manifest),
    pause: records.pause,
    whatNow: whatNowOf(facts, records, nodes, ledger, manifest),
    standing: standingOf(facts, records, nodes, ledger, manifest),
  };
}

/** Without a report of the workflow: what the run before it in its chain has reported of the nodes before its loop. */
function withCarried(facts: RunFacts, { carried }: Records): RunFacts {
  if (facts.nodes || !carried) return facts;
  return { ...facts, nodes: { phase: 'forward', nodes: carried.nodes, waitsFor: [] } };
}
