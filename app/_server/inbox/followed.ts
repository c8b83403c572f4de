/**
 * What a run did after a decision, and what of the run was undone since. Pure: from the records and the ledger of the run
 * that had asked.
 *
 * [FLW1] Steps that began before the decision are none of its consequences, even if they ended after it. A step that a
 *        branch beside the approval began later is told as well: nothing tells them apart.
 * [FLW2] An effect counts as undone since only if its undo ended after the decision, or a person said so after it.
 * [FLW3] What a person found out about an effect after the run had ended is told as that, and not as an undo of the run.
 */
import type { Followed } from '@/app/_contract/inbox';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { Ledger, Settlement } from '@/engine/run-view/model';
import { approvalDecisions, type ActivityRecord, type Records } from '@/engine/run-view/records';
import type { LedgerState } from '@/engine/saga/contract';

/** Null: the run has no decision of this task. */
export function followedFrom(
  records: Records,
  ledger: Ledger,
  manifest: FlowManifest,
  taskId: string,
  settlements: readonly Pick<Settlement, 'activityId' | 'found' | 'atMs'>[] = []
): Followed | null {
  const decision = approvalDecisions(records).find((each) => each.decision.taskId === taskId);
  if (!decision) return null;
  const { eventId: acceptedEventId, atMs: acceptedMs } = decision;
  const titleOf = (nodeId: string) => (Object.hasOwn(manifest.nodes, nodeId) ? manifest.nodes[nodeId]!.title : nodeId);
  // [FLW1]
  const began = records.activities.filter(
    ({ parsed, scheduledEventId }) => parsed?.role === 'do' && scheduledEventId > acceptedEventId
  );
  const titles = new Map(ledger.entries.map(({ activityId, title }) => [activityId, title]));
  // [FLW3]
  const found = settlements.filter(({ activityId, atMs }) => atMs >= acceptedMs && titles.has(activityId));
  const byHand = new Set(found.map(({ activityId }) => activityId));
  return {
    steps: began.map((step) => ({ title: titleOf(step.parsed?.nodeId ?? step.activityId), outcome: outcomeOf(step) })),
    // [FLW2]
    undone: ledger.entries
      .filter(
        ({ activityId, state, sinceMs }) =>
          !byHand.has(activityId) && UNDONE.includes(state) && sinceMs !== null && sinceMs >= acceptedMs
      )
      .map(({ title, undoTitle }) => ({ step: title, undo: undoTitle })),
    ...(found.length === 0
      ? {}
      : { settled: found.map(({ activityId, found }) => ({ step: titles.get(activityId) ?? activityId, found })) }),
    run: records.closed?.type ?? null,
  };
}

const UNDONE: readonly LedgerState[] = ['undone', 'doneByHand'];

function outcomeOf({ outcome }: ActivityRecord): Followed['steps'][number]['outcome'] {
  if (outcome === null) return 'underWay';
  return outcome === 'completed' ? 'done' : 'failed';
}
