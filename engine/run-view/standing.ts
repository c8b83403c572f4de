/**
 * The sentence under a run's header when nobody needs to do anything (what-now.ts says what somebody needs to do):
 * what it does now, or how it ended. It names the steps and the effects that remain.
 *
 * Rules
 * [SEN1] First a requested stop and the answers that it waits for; then the way back: what is being undone, and what
 *      remains meanwhile.
 * [SEN2] Then running steps, timers, signals; last the closing of a task in the inbox.
 * [SEN4] While the run is paused, what waits for its end is said to wait, and no time is named.
 * [SEN3] The sentence of a closed run says which step failed and why, or who stopped it; then what it left behind.
 */
import { RESETTER } from '../history/resetter';
import type { FlowManifest } from '../flow/manifest';
import { factsOfKind, type NodeKind } from '../flow/nodes/table';
import { allNodes } from '../flow/tree';
import { closingFailureOf, type ClosingFailure } from './closing-failure';
import { clauseOf } from './failure';
import { countsHere, isLeft, surelyRemains } from './ledger';
import type { Ledger, LedgerEntry, NextWords, NodeState, NodeView, RunEvent, RunFacts, Standing } from './model';
import type { Records } from './records';
import { isMeant } from './remaining';
import { keptSignalWords } from './kept-signals';
import { leftBehind, leftWords, namedLeft, passedOnWords } from './left-words';

const AT_WORK: ReadonlySet<NodeState> = new Set(['running', 'retrying', 'noWorker']);

const TOO_MANY_ROUNDS = 'TooManyRounds';
/** Whose messages do not say which step it is. */
const UNNAMED: ReadonlySet<NodeKind | undefined> = new Set<NodeKind>(['repeat', 'wait']);
const IS_WORK: ReadonlySet<NodeKind | undefined> = new Set<NodeKind>(['action', 'child']);

export function standingOf(
  facts: RunFacts,
  records: Records,
  nodes: Record<string, NodeView>,
  ledger: Ledger,
  manifest: FlowManifest
): Standing {
  if (facts.status !== 'running') return endOf(facts, records, nodes, ledger, manifest);
  const title = (nodeId: string) => manifest.nodes[nodeId]?.title ?? nodeId;
  const of = (state: NodeState, sentence: string, view?: NodeView, next?: NextWords): Standing => ({
    state,
    sentence,
    nodeId: view?.nodeId ?? null,
    sinceMs: view?.startedMs ?? null,
    ...(view?.dueMs && !records.pause
      ? { nextMs: view.dueMs, next: next ?? 'continues automatically' }
      : { nextMs: null, next: null }),
  });

  const undoing = ledger.entries.filter((entry) => entry.state === 'undoing');
  if (undoing.length > 0) {
    const what = undoing.map((entry) => entry.undoTitle ?? entry.title).join(', ');
    const [first] = undoing;
    const sentence = `Undoes its effects: ${what}. ${namedLeft(ledger)}.`;
    const { nodeId = null, activityId: stepId = null } = first ?? {};
    return { ...of('unwinding', sentence), nodeId, stepId, sinceMs: first?.sinceMs ?? null };
  }
  const turning = turningBack(facts, records, ledger, manifest);
  if (turning) return turning;
  if (records.phase === 'unwinding') {
    return of('unwinding', `Undoes its effects.${ledger.left > 0 ? ` ${namedLeft(ledger)}.` : ''}`);
  }
  const views = Object.values(nodes);
  const busy = views.filter(({ nodeId, state }) => AT_WORK.has(state) && IS_WORK.has(manifest.nodes[nodeId]?.kind));
  if (busy.length > 0)
    return of('running', `Running: ${busy.map(({ nodeId }) => title(nodeId)).join(', ')}.`, busy[0], 'is retried');
  const held = views.filter(({ nodeId, state }) => state === 'paused' && IS_WORK.has(manifest.nodes[nodeId]?.kind));
  if (held.length > 0)
    return of(
      'paused',
      `Waits until the run is resumed: ${held.map(({ nodeId }) => title(nodeId)).join(', ')}.`,
      held[0]
    );
  const waits = (state: NodeState, what: string, next?: NextWords, more = ''): Standing | null => {
    const waiting = views.filter((view) => view.state === state);
    return waiting[0]
      ? of(state, `${what}: ${waiting.map(({ nodeId }) => title(nodeId)).join(', ')}.${more}`, waiting[0], next)
      : null;
  };
  const signal = views.find(({ state }) => state === 'waitsForSignal');
  const node = signal && allNodes(manifest.document.steps).find(({ id }) => id === signal.nodeId);
  const isSignal = node?.kind === 'waitForSignal';
  const inVain = isSignal && !node.onTimeout;
  const kept = isSignal ? keptSignalWords(node, facts, manifest) : '';
  const waiting =
    waits('waitsForTimer', 'Waits') ??
    waits('waitsForSignal', 'Waits for a signal', inVain ? 'fails automatically' : 'continues automatically', kept);
  if (waiting) return waiting;
  const telling = records.activities.find(({ outcome, parsed }) => outcome === null && parsed?.role === 'close');
  if (telling?.parsed) return of('running', `Closes the task in the inbox: ${title(telling.parsed.nodeId)}.`);
  return records.pause ? of('paused', 'Nothing is under way.') : of('running', 'Running.');
}

/**
 * [SEN1] A stop, a deadline or a failing branch cancels steps, but a request that was sent is not cut short: the
 *      sentence says what the run waits for, and for how long at most. It also covers the time within which late
 *      calls settle, before an undo or a look-up.
 */
function turningBack({ events }: RunFacts, records: Records, ledger: Ledger, manifest: FlowManifest): Standing | null {
  const title = (nodeId: string) => manifest.nodes[nodeId]?.title ?? nodeId;
  const ending = new Set(
    records.activities.flatMap(({ outcome, cancelRequested, activityId }) =>
      outcome === null && cancelRequested ? [activityId] : []
    )
  );
  const out = ledger.entries.filter(
    ({ underWay, state, activityId }) => underWay && isLeft(state) && ending.has(activityId)
  );
  const [first] = out;
  if (first) {
    const stopped = events.some(({ type }) => type === 'WorkflowExecutionCancelRequested');
    const what =
      out.length === 1
        ? `${first.title} is answered: its request was sent and may take effect.`
        : `${out.map((entry) => entry.title).join(', ')} are answered: their requests were sent and may take effect.`;
    const ends = out.map(({ answersByMs }) => answersByMs).filter((end) => end !== null);
    const sentence = `${stopped ? 'Stops' : 'Turns back'} when ${what}`;
    return {
      state: 'running',
      sentence,
      nodeId: first.nodeId,
      stepId: first.activityId,
      sinceMs: first.sinceMs,
      nextMs: ends.length > 0 ? Math.max(...ends) : null,
      next: ends.length > 0 ? 'at the latest' : null,
    };
  }
  const settling = records.timers.find(
    ({ outcome, role, stepId }) =>
      outcome === null &&
      (role === 'check' || role === 'undo') &&
      ledger.entries.some((entry) => entry.activityId === stepId && entry.state === 'mayStand')
  );
  if (!settling?.nodeId) return null;
  const then = settling.role === 'check' ? 'its outcome is looked up' : 'it is undone';
  return {
    state: settling.role === 'check' ? 'running' : 'unwinding',
    sentence: `Waits until no late call of ${title(settling.nodeId)} can arrive; then ${then}.`,
    nodeId: settling.nodeId,
    stepId: settling.stepId,
    sinceMs: settling.startedMs,
    nextMs: settling.firesMs,
    next: 'continues automatically',
  };
}

/** [SEN3] */
function endOf(
  { status, events }: RunFacts,
  { phase }: Records,
  nodes: Record<string, NodeView>,
  ledger: Ledger,
  manifest: FlowManifest
): Standing {
  const close = events.at(-1);
  const end = (state: NodeState, sentence: string, nodeId: string | null = null): Standing => ({
    state,
    sentence,
    nodeId,
    sinceMs: close?.timeMs ?? null,
    nextMs: null,
    next: null,
  });
  switch (status) {
    case 'completed': {
      const notMeant = ledger.entries.filter((entry) => countsHere(entry) && !isMeant(entry));
      if (notMeant.length > 0) return end(...endWith(notMeant, ledger));
      const meant = ledger.left > 0 ? ` ${leftWords(ledger)}, as meant.` : '';
      return end('done', `Completed.${meant}${andPassedOn(ledger)}`);
    }
    case 'failed': {
      const closing = closingFailureOf(events, manifest);
      const clause = clauseOf(closing?.failure ?? null);
      // Most messages of the saga itself name their step; to others, and to those of activities and expressions, it is
      // added.
      const nodeId =
        closing?.nodeId ??
        (closing?.near ? null : (loopThatFailed(closing?.failure, nodes, manifest) ?? failedLeaf(nodes, manifest)));
      const isUnnamed = nodeId !== null && UNNAMED.has(manifest.nodes[nodeId]?.kind);
      const step =
        nodeId !== null && (closing?.nodeId || isUnnamed)
          ? `${manifest.nodes[nodeId]?.title ?? nodeId}${closing?.item ?? ''} failed`
          : closing?.near;
      const why = step ? `${step}: ${clause}` : capital(clause);
      const state = ledger.left > 0 || passedOnWords(ledger) ? 'failed' : 'undone';
      return end(state, `${why}. ${leftBehind(ledger)}`, nodeId);
    }
    case 'canceled': {
      const asked = events.findLast((event) => event.type === 'WorkflowExecutionCancelRequested');
      return end('cancelled', `Stopped${byWhom(asked)}${because(asked?.attributes.cause)}. ${leftBehind(ledger)}`);
    }
    case 'terminated': {
      // The new run has what happened before the point to which this one was reset.
      if (close?.attributes.identity === RESETTER)
        return end(
          'terminated',
          `Reset${because(close.attributes.reason)}. A newer run with this id goes on instead of it.${and(stays(ledger))}`
        );
      const how = `Killed${byWhom(close)}${because(close?.attributes.reason)}`;
      return end(
        'terminated',
        `${how}. Nothing was undone${phase === null ? '' : ' any more'}. ${stays(ledger) || 'No effect remains.'}`
      );
    }
    case 'timedOut': {
      return end(
        'failed',
        `Closed by a timeout of the run, without running its code. ${stays(ledger) || 'No effect remains.'}`
      );
    }
    case 'continuedAsNew':
      return end('done', `Continues as a new run.${andPassedOn(ledger)}`);
    case 'running':
      return end('running', 'Running.');
  }
}

/** What remains of a run whose code did not run at its close; '' for nothing. */
function stays(ledger: Ledger): string {
  const words = [ledger.left > 0 ? namedLeft(ledger) : '', passedOnWords(ledger)];
  return words.flatMap((each) => (each ? [`${each}.`] : [])).join(' ');
}

const and = (words: string): string => (words ? ` ${words}` : '');
/** ` 1 effect belongs to the newer run now: Charge payment.` */
function andPassedOn(ledger: Ledger): string {
  const passed = passedOnWords(ledger);
  return passed && ` ${passed}.`;
}

/** A completed run that left behind what it was not meant to: these effects first, then the number of the others. */
function endWith(notMeant: readonly LedgerEntry[], ledger: Ledger): [NodeState, string, string | null] {
  const remains = notMeant.filter(surelyRemains).length;
  const part = { ...ledger, entries: [...notMeant], remains, mayRemain: notMeant.length - remains };
  const meant = leftWords({ remains: ledger.remains - remains, mayRemain: ledger.mayRemain - part.mayRemain });
  const others = meant ? ` ${meant}, as meant.` : '';
  const state = notMeant.some(({ happened }) => happened === 'maybe') ? 'unknown' : 'undoFailed';
  return [
    state,
    `Completed, but not everything was undone. ${namedLeft(part)}.${others}${andPassedOn(ledger)}`,
    notMeant[0]?.nodeId ?? null,
  ];
}

/** The node that failed last, without nodes that only contain others. */
/** The loop that had too many rounds: of loops inside each other, the inner one. */
function loopThatFailed(
  failure: ClosingFailure['failure'] | undefined,
  nodes: Record<string, NodeView>,
  manifest: FlowManifest
): string | null {
  if (failure?.type !== TOO_MANY_ROUNDS) return null;
  const failed = allNodes(manifest.document.steps).filter(
    ({ id, kind }) => kind === 'repeat' && nodes[id]?.state === 'failed'
  );
  return failed.at(-1)?.id ?? null;
}

function failedLeaf(nodes: Record<string, NodeView>, manifest: FlowManifest): string | null {
  const leaves = Object.values(nodes).filter(({ nodeId, state }) => {
    const kind = manifest.nodes[nodeId]?.kind;
    return state === 'failed' && (!kind || factsOfKind(kind).drawing.shape === 'card');
  });
  return leaves.sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0)).at(-1)?.nodeId ?? null;
}

function byWhom(event: RunEvent | undefined): string {
  const details: unknown = Array.isArray(event?.attributes.details) ? event.attributes.details[0] : null;
  const named = typeof details === 'object' && details !== null && 'by' in details ? details.by : null;
  const by = named ?? event?.attributes.identity;
  return typeof by === 'string' && by ? ` by ${by}` : '';
}
const because = (reason: unknown): string =>
  typeof reason === 'string' && reason.trim() ? `: ${reason.trim().replace(/\.$/, '')}` : '';
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
