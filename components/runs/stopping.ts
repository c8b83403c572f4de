/** What stopping a run would do to what it did, read off its ledger. Pure. */
import type { FlowManifest } from '@/engine/flow/manifest';
import { isLeft } from '@/engine/run-view/ledger';
import type { LedgerEntry, NodeState, RunEvent, RunProjection } from '@/engine/run-view/model';

export interface Stopping {
  /** What would be undone, next first. */
  undone: LedgerEntry[];
  /** Stands, and stays standing even when the run unwinds: no undo, past the point of no return, left. */
  stays: LedgerEntry[];
  /** Stands or may stand now. */
  standing: LedgerEntry[];
  /** Titles of steps under way whose effect nobody knows yet; they are settled before anything is undone. */
  underWay: string[];
}

const UNDER_WAY: readonly NodeState[] = ['running', 'retrying', 'noWorker'];

export function stoppingOf({ ledger, nodes }: RunProjection, manifest: FlowManifest): Stopping {
  const undone = ledger.entries
    .filter((entry) => entry.undoOrder !== null)
    .sort((a, b) => (a.undoOrder ?? 0) - (b.undoOrder ?? 0));
  const standing = ledger.entries.filter((entry) => isLeft(entry.state));
  const underWay = Object.values(nodes)
    .filter((view) => UNDER_WAY.includes(view.state))
    .map((view) => manifest.nodes[view.nodeId])
    .filter((node) => node?.kind === 'action' && node.effect !== 'none')
    .map((node) => node!.title);
  return { undone, standing, stays: standing.filter((entry) => entry.undoOrder === null), underWay };
}

/** Why asking it to stop would change nothing; null when it would. */
export function stopIsIdle(
  events: readonly RunEvent[],
  { ledger, nodes }: Pick<RunProjection, 'ledger' | 'nodes'>,
  phase: string | null,
  manifest: FlowManifest
): string | null {
  if (Object.values(manifest.nodes).some(({ id, pivot }) => pivot && nodes[id]?.state === 'done')) {
    return 'It is past the point of no return: it goes on to its end.';
  }
  if (phase === 'unwinding' || phase === 'needs-hand' || ledger.entries.some((entry) => entry.state === 'undoing')) {
    return 'It is unwinding already.';
  }
  if (events.some((event) => event.type === 'WorkflowExecutionCancelRequested')) return 'It was asked to stop already.';
  return null;
}
