/** What would happen to the effects of a run if it were stopped, computed from its ledger. Pure. */
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import { isLeft } from './ledger';
import type { LedgerEntry, RunEvent, RunProjection } from './model';
import type { EndableWait } from '../saga/contract';

export interface Stopping {
  /** Sent and not answered: a stop waits for the answer or the timeout before anything is undone. */
  waitsFor: LedgerEntry[];
  /** The effects that would be undone, in the order of their undo. */
  undone: LedgerEntry[];
  /**
   * Effects that remain, or may remain, even when the run unwinds: no undo, past the point of no return, or left as
   * they are.
   */
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

/** The latest time at which all awaited answers have come or timed out; null if no timeout limits it. */
export function waitsUntilMs({ waitsFor }: Pick<Stopping, 'waitsFor'>): number | null {
  const ends = waitsFor.flatMap(({ answersByMs }) => answersByMs ?? []);
  return ends.length > 0 ? Math.max(...ends) : null;
}

/** What happens to the effect of a step whose answer a stop waits for, depending on that answer. */
export function afterAnswer({ nodeId, undoTitle }: LedgerEntry, { document }: FlowManifest): string {
  const policy = policyOf(nodeId, document);
  const happened = undoTitle ? `If it happened: ${undoTitle}.` : 'If it happened, it remains: it has no undo.';
  const unknown = {
    undo: undoTitle ? 'If the outcome is unknown, it is undone too.' : 'If the outcome is unknown, it may remain.',
    check: 'If no answer comes, the outcome is looked up.',
    ask: 'If no answer comes, a person is asked.',
  };
  return `${happened} ${unknown[policy]}`;
}

/** What happens to a call of the step that is never answered. */
export function policyOf(nodeId: string, document: FlowManifest['document']): 'undo' | 'check' | 'ask' {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  return node?.kind === 'action' ? (node.unknown?.policy ?? 'ask') : 'ask';
}

/** What happens if an operator ends a wait of a run that turns back. */
export function afterWait({ nodeId, role }: EndableWait, { document, nodes }: FlowManifest): string {
  const node = nodes[nodeId];
  const next = role === 'do' ? policyOf(nodeId, document) : role;
  const follows = {
    undo: node?.undo ? `it is undone: ${node.undo.title}` : 'it may remain',
    check: 'its outcome is looked up',
    ask: 'a person is asked whether it happened',
  };
  const outcome = role === 'do' ? 'the outcome is unknown, and ' : '';
  const late =
    next === 'ask' || node?.lateCalls === 'refused'
      ? ''
      : ' A late call may still take effect after that, so the ledger shows that the effect may remain.';
  return `If you end the wait, ${outcome}${follows[next]}.${late}`;
}

/** Why stopping the run would change nothing. */
export type IdleStop = 'pastPivot' | 'undoing' | 'asked';

/** Null if stopping the run would change something. */
export function idleStopOf(
  events: readonly RunEvent[],
  { ledger, nodes }: Pick<RunProjection, 'ledger' | 'nodes'>,
  phase: string | null,
  manifest: FlowManifest
): IdleStop | null {
  if (Object.values(manifest.nodes).some(({ id, pivot }) => pivot && nodes[id]?.state === 'done')) return 'pastPivot';
  if (phase === 'unwinding' || phase === 'needs-hand' || ledger.entries.some((entry) => entry.state === 'undoing'))
    return 'undoing';
  if (events.some((event) => event.type === 'WorkflowExecutionCancelRequested')) return 'asked';
  return null;
}

const IDLE_WORDS: Record<IdleStop, string> = {
  pastPivot: 'It is past the point of no return and will continue to its end.',
  undoing: 'It is undoing already.',
  asked: 'It was asked to stop already.',
};

/** As `idleStopOf`, as a sentence. */
export function stopIsIdle(...run: Parameters<typeof idleStopOf>): string | null {
  const idle = idleStopOf(...run);
  return idle && IDLE_WORDS[idle];
}
