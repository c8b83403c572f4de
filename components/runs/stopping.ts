/** What stopping a run would do to what it did, read off its ledger. Pure. */
import type { FlowManifest } from '@/engine/flow/manifest';
import { allNodes } from '@/engine/flow/tree';
import { isLeft } from '@/engine/run-view/ledger';
import type { LedgerEntry, RunEvent, RunProjection } from '@/engine/run-view/model';

export interface Stopping {
  /** Sent and not answered: a stop waits for the answer, or for the timeout, before anything is undone. */
  waitsFor: LedgerEntry[];
  /** What would be undone, next first. */
  undone: LedgerEntry[];
  /** Remains, or may, even when the run unwinds: no undo, past the point of no return, left as it is. */
  stays: LedgerEntry[];
}

export function stoppingOf({ ledger }: Pick<RunProjection, 'ledger'>): Stopping {
  const left = ledger.entries.filter((entry) => isLeft(entry.state));
  const settled = left.filter((entry) => !entry.underWay);
  return {
    waitsFor: left.filter((entry) => entry.underWay),
    undone: settled.filter((entry) => entry.undoOrder !== null).sort((a, b) => (a.undoOrder ?? 0) - (b.undoOrder ?? 0)),
    stays: settled.filter((entry) => entry.undoOrder === null),
  };
}

/** When all that a stop waits for is answered at the latest; null where no timeout says so. */
export function waitsUntilMs({ waitsFor }: Pick<Stopping, 'waitsFor'>): number | null {
  const ends = waitsFor.flatMap(({ answersByMs }) => answersByMs ?? []);
  return ends.length > 0 ? Math.max(...ends) : null;
}

/** What becomes of a step that a stop waits for, by its answer. */
export function afterAnswer({ nodeId, undoTitle }: LedgerEntry, { document }: FlowManifest): string {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  const policy = node?.kind === 'action' ? (node.unknown?.policy ?? 'ask') : 'ask';
  const happened = undoTitle ? `If it happened: ${undoTitle}.` : 'If it happened, it remains: it has no undo.';
  const unknown = {
    undo: undoTitle ? 'If nobody can say, it is undone too.' : 'If nobody can say, it may remain.',
    check: 'If it gives no answer, it is looked up.',
    ask: 'If it gives no answer, a person is asked.',
  };
  return `${happened} ${unknown[policy]}`;
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
    return 'It is undoing already.';
  }
  if (events.some((event) => event.type === 'WorkflowExecutionCancelRequested')) return 'It was asked to stop already.';
  return null;
}
