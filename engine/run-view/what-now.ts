/**
 * The one sentence under a run's header if it needs a decision or waits; null if it needs nothing.
 *
 * Rules: [RVS1] the most urgent first: undo failed, outcome unknown, workflow task failing, no worker, a person, an
 * undo that pauses, a step that somebody paused, retrying.
 * [RVS4] What happens automatically, and when, is named exactly: retried, rejected, approved, failed.
 * [RVS5] While the run is paused nothing happens by itself: no time is named, and what waits for its end is not called
 *     retrying. A paused step is named with who paused it, and why.
 * [RVS2] A closed run waits for nothing. [RVS3] The sentence says what happened, and what it means for the run.
 */
import type { FlowManifest } from '../flow/manifest';
import { UNDO_INPUT } from '../saga/contract';
import { decisionsOf } from '../flow/nodes/approval';
import { allNodes } from '../flow/tree';
import { isHeld } from './action-view';
import { parseActivityId, stepOfWait } from './activity-id';
import { deedOf } from './deed';
import { clauseOf } from './failure';
import type { Ledger, LedgerEntry, NextWords, NodeView, RunFacts, WhatNow } from './model';
import { decidedWords, waitsForWhom } from './approval-view';
import type { Records } from './records';
import { namedLeft } from './left-words';

/** Workflow tasks are retried at once, so one failure is not reported. */
const TASK_FAILURES = 2;

export function whatNowOf(
  facts: RunFacts,
  records: Records,
  nodes: Record<string, NodeView>,
  ledger: Ledger,
  manifest: FlowManifest
): WhatNow | null {
  if (facts.status !== 'running') return null;
  const title = (nodeId: string) => manifest.nodes[nodeId]?.title ?? nodeId;
  const waits = facts.nodes?.waitsFor ?? [];
  const now = (
    kind: WhatNow['kind'],
    stepId: string | null,
    sentence: string,
    sinceMs: number | null,
    nextMs: number | null = null,
    next: NextWords = 'is retried'
  ): WhatNow => ({
    kind,
    sentence,
    nodeId: stepId && (parseActivityId(stepId)?.nodeId ?? stepId),
    stepId,
    sinceMs,
    ...(nextMs === null || records.pause ? { nextMs: null, next: null } : { nextMs, next }),
  });

  const asks = ({ nodeId, activityId }: LedgerEntry): boolean => {
    if (facts.nodes) return waits.some((wait) => wait.kind === 'undo' && stepOfWait(wait) === activityId);
    return undoPolicyOf(manifest, nodeId) === 'ask';
  };
  const failed = ledger.entries.filter((entry) => entry.state === 'undoFailed' && asks(entry));
  const first = failed[0];
  if (first) {
    const undo = records.activities.findLast(
      (each) => each.parsed?.role === 'undo' && each.forwardId === first.activityId
    );
    const tries =
      undo && undo.attempt > 1
        ? ` ${undo.attempt}${undo.maximumAttempts > 0 ? ` of ${undo.maximumAttempts}` : ''} times`
        : '';
    const more = failed.length > 1 ? ` ${failed.length - 1} more failed.` : '';
    const sentence = `${first.undoTitle ?? `Undo of ${first.title}`} failed${tries}: ${clauseOf(first.failure)}.${more} ${namedLeft(ledger)}.`;
    return now('undoFailed', first.activityId, sentence, first.sinceMs);
  }

  const unmade = waits.find((wait) => wait.kind === 'undo' && wait.error.type === UNDO_INPUT);
  if (unmade?.kind === 'undo') {
    const undo = manifest.nodes[unmade.nodeId]?.undo?.title ?? `Undo of ${title(unmade.nodeId)}`;
    const sentence = `${undo}: ${clauseOf(unmade.error)}. Undo it by hand, or leave it as it is. ${namedLeft(ledger)}.`;
    return now('undoFailed', stepOfWait(unmade), sentence, unmade.sinceMs);
  }

  const unsure = waits.find((wait) => wait.kind === 'outcome');
  if (unsure?.kind === 'outcome') {
    const sentence = `${title(unsure.nodeId)} may have happened: ${clauseOf(unsure.error)}. Say whether it did.`;
    return now('outcomeUnknown', stepOfWait(unsure), sentence, unsure.sinceMs);
  }

  const task = facts.workflowTask;
  if (task && task.attempt >= TASK_FAILURES && task.failure) {
    const sentence = `The code of this run fails, ${task.attempt} times so far: ${clauseOf(task.failure)}. Nothing is lost; the run continues when the code is corrected.`;
    return now('taskFailing', null, sentence, task.sinceMs);
  }

  const views = Object.values(nodes);
  const alone = views.find((view) => view.state === 'noWorker');
  if (alone) {
    const queue = records.taskQueue ? ` '${records.taskQueue}'` : '';
    return now(
      'noWorker',
      alone.nodeId,
      `No worker has started ${title(alone.nodeId)}. Is a worker polling the queue${queue}?`,
      alone.startedMs
    );
  }

  const approvals = waits.filter((wait) => wait.kind === 'approval');
  const approval = approvals[0];
  const waiting = approval ? nodes[approval.nodeId] : views.find((view) => view.state === 'waitsForPerson');
  if (approval || waiting) {
    const decided = approval?.decided;
    const whom = decided
      ? decidedWords(decided)
      : approval
        ? waitsForWhom(approval.candidates, approval.fromData)
        : (waiting?.note ?? 'Waits for a person');
    const more = approvals.length > 1 ? ` (${approvals.length} decisions)` : '';
    const nodeId = approval?.nodeId ?? waiting!.nodeId;
    const opening = records.activities.findLast(
      (each) => each.parsed?.nodeId === nodeId && each.parsed.role === 'open'
    );
    const pending = facts.pending.find((each) => each.scheduledEventId === opening?.scheduledEventId);
    const untold = pending && pending.attempt > 1 ? `. Not in the inbox yet: ${clauseOf(pending.lastFailure)}.` : '';
    return now(
      'waitsForApproval',
      nodeId,
      `${whom}: ${title(nodeId)}${more}${untold}`,
      approval?.sinceMs ?? waiting?.startedMs ?? null,
      decided?.goesOnAtMs ?? nodes[nodeId]?.dueMs ?? null,
      decided ? 'continues automatically' : atTimeout(manifest, nodeId)
    );
  }

  const pause = records.timers.find((timer) => timer.role === 'undo' && timer.outcome === null);
  const paused =
    pause && ledger.entries.find((entry) => entry.activityId === pause.stepId && entry.state === 'undoFailed');
  if (paused) {
    const sentence = `${paused.undoTitle ?? `Undo of ${paused.title}`} failed: ${clauseOf(paused.failure)}. It is retried automatically. ${namedLeft(ledger)}.`;
    return now('retrying', paused.activityId, sentence, paused.sinceMs, pause.firesMs);
  }

  const closed = new Set(records.activities.flatMap((each) => (each.outcome ? [each.scheduledEventId] : [])));
  // Pending state is read separately from the history and may be older: closed activities are left out.
  const pending = facts.pending.filter(({ scheduledEventId }) => !closed.has(scheduledEventId));
  const aside = pending.filter((each) => each.pause).sort((a, b) => a.pause!.atMs - b.pause!.atMs)[0];
  if (aside?.pause) {
    const { by, reason, atMs } = aside.pause;
    const record = records.activities.find((each) => each.scheduledEventId === aside.scheduledEventId);
    const what = record ? deedOf(record, manifest) : aside.activityType;
    const why = reason ? `: ${reason.replace(/[.]$/, '')}` : '';
    const still = aside.state === 'paused' ? '' : ` Attempt ${aside.attempt} is still under way.`;
    return now(
      'stepPaused',
      record?.parsed ? record.forwardId : null,
      `${what} is paused by ${by}${why}.${still}`,
      atMs
    );
  }

  const retrying = pending
    .filter((each) => !isHeld(each, records.pause !== null))
    .filter((each) => each.attempt > 1 || each.state === 'backingOff')
    .sort((a, b) => b.attempt - a.attempt)[0];
  if (retrying) {
    const record = records.activities.find((each) => each.scheduledEventId === retrying.scheduledEventId);
    const stepId = record?.parsed ? record.forwardId : null;
    const what = record ? deedOf(record, manifest) : retrying.activityType;
    const of = retrying.maximumAttempts > 0 ? ` of ${retrying.maximumAttempts}` : '';
    const sentence = `${what} is retried, attempt ${retrying.attempt}${of}: ${clauseOf(retrying.lastFailure)}.`;
    return now(
      'retrying',
      stepId,
      sentence,
      retrying.attempts[0]?.startedMs ?? record?.scheduledMs ?? null,
      retrying.nextAttemptMs
    );
  }
  return null;
}

/** What happens to an approval if nobody decides in time. */
export function atTimeout({ document }: FlowManifest, nodeId: string): NextWords {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  if (node?.kind !== 'approval' || node.onTimeout === 'fail') return 'fails automatically';
  const decision = decisionsOf(node).find(({ key }) => key === node.onTimeout);
  return decision?.turnsBack ? 'is rejected automatically' : 'is approved automatically';
}

function undoPolicyOf(manifest: FlowManifest, nodeId: string): 'retry' | 'ask' | 'continue' {
  const { steps, rollback } = manifest.document;
  const node = allNodes(steps).find(({ id }) => id === nodeId);
  return (node?.kind === 'action' ? node.undo?.onFailure : undefined) ?? rollback.onFailure;
}
