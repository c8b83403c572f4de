/**
 * A trial: the compiled code of a flow, played against a plan in virtual time. The sandbox, the history and the saga
 * library are those of real runs; only the outside is planned (answers.ts).
 *
 * Invariants: nothing is sent anywhere. A trial always ends: with the run, with a question that the plan does not
 * answer, or at a limit (`LIMITS`), which the end names.
 */
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import { sampleOf } from '../flow/schema/sample';
import { failureOf } from '../run-view/failure';
import { isLeft } from '../run-view/ledger';
import { runEventOf } from '../run-view/events-from-history';
import type { RunEvent } from '../run-view/model';
import { project } from '../run-view/project';
import { STATUS } from '../run-name';
import { temporal } from '../proto';
import type { HistoryEvent } from '../history';
import type { HistoryBatch } from '../store/port';
import { UNDO_INPUT, type HumanWait } from '../saga/contract';
import { nodeIdOf } from '../saga/item-path';
import type { WorkflowWorker } from '../worker/port';
import { itemOf, type TrialPlan } from '../flow/trial-plan';
import { PlayedRun, stepOfQuestion, type ArrivalOrder } from './played-run';
import {
  factsAt,
  type EndKind,
  type LeftEffect,
  type TrialCall,
  type TrialEnd,
  type TrialQuestion,
  type TrialResult,
} from './result';

export const LIMITS = {
  /** Of the history. A step has about six. */
  events: 20_000,
  /** Flow time: ten years. */
  timeMs: 3_650 * 86_400_000,
  /** How often a call is repeated that fails each time, before the trial ends. */
  repeats: 60,
} as const;

const { EventType } = temporal.api.enums.v1;

let nextKey = 1;

export interface TrialOptions {
  /** False for a cell of the matrix, whose events are those of its steps and of its start and end. */
  keepsMoments?: boolean;
  /** When the run starts: a flow may wait until a given day. Default: always the same day. */
  startMs?: number;
  /** Of calls that are under way at the same time: for tests. */
  arrived?: ArrivalOrder;
  /** The run, before it begins: for tests, which prove its history. */
  onRun?: (run: PlayedRun, batches: readonly HistoryBatch[]) => void;
}

/** `worker` serves the workflow type of the manifest. */
export async function playTrial(
  worker: WorkflowWorker,
  manifest: FlowManifest,
  plan: TrialPlan,
  { keepsMoments = true, startMs, arrived, onRun }: TrialOptions = {}
): Promise<TrialResult> {
  const runKey = nextKey++;
  const batches: HistoryBatch[] = [];
  const onBatch = onRun && ((batch: HistoryBatch) => void batches.push(batch));
  const run = new PlayedRun(worker, manifest, plan, {
    runKey,
    keepsMoments,
    mostRepeats: LIMITS.repeats,
    startMs,
    arrived,
    onBatch,
  });
  onRun?.(run, batches);
  try {
    await run.play(LIMITS);
    // The ledger of a cell needs no workflow tasks, which are half of the events.
    const events = (keepsMoments ? run.events : run.events.filter(isNoTask)).map(runEventOf);
    const end = endOf(run, events, manifest);
    const result = {
      manifest,
      plan,
      events,
      moments: run.moments,
      calls: run.calls,
      end,
      books: run.books,
      reached: run.reached,
      startedMs: run.startedMs,
    };
    const { ledger, whatNow, standing } = project(factsAt(result, run.moments.length - 1), manifest);
    end.sentence ||= whatNow?.sentence ?? standing.sentence;
    const left = ledger.entries
      .filter(({ state }) => isLeft(state))
      .map(({ nodeId, activityId, title, state, happened, mayBeUndone }): LeftEffect => {
        const item = itemOf(activityId);
        return { nodeId, title, state, happened, mayBeUndone, ...(item === undefined ? {} : { item }) };
      });
    const undone = inOrder(
      run.calls,
      ledger.entries.filter(({ state }) => state === 'undone')
    );
    return { ...result, left, undone };
  } finally {
    worker.evict(runKey);
  }
}

const isNoTask = ({ eventType }: HistoryEvent) => !eventType || !TASK_EVENTS.has(eventType);
const TASK_EVENTS: ReadonlySet<number> = new Set([
  EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
]);

/** A node whose undo was called last comes last. */
function inOrder(calls: readonly TrialCall[], entries: readonly { nodeId: string }[]): string[] {
  const lastCall = (nodeId: string) => calls.findLastIndex((call) => call.nodeId === nodeId && call.role === 'undo');
  return entries.map(({ nodeId }) => nodeId).sort((a, b) => lastCall(a) - lastCall(b));
}

const CLOSED: Record<number, EndKind> = {
  [STATUS.completed]: 'completed',
  [STATUS.failed]: 'failed',
  [STATUS.canceled]: 'canceled',
};

function endOf(run: PlayedRun, events: readonly RunEvent[], manifest: FlowManifest): TrialEnd {
  const waits = run.waitsFor;
  const questions = waits.map((wait) => {
    const nodeId = nodeIdOf(wait.nodeId);
    const item = itemOf(stepOfQuestion(wait));
    const without = withoutOf(wait, manifest.nodes[nodeId]?.undo ?? null);
    const words = questionOf(wait.kind, nodeId, manifest, without);
    return {
      nodeId,
      kind: wait.kind,
      words,
      ...(item === undefined ? {} : { item }),
      ...(without === null ? {} : { without }),
    };
  });
  const failure = failureOf(events.at(-1)?.attributes.failure);
  const base = { failure, questions, elapsedMs: run.now - run.startedMs, sentence: '' };
  const title = (nodeId: string) => manifest.nodes[nodeId]?.title ?? nodeId;
  const closed = CLOSED[run.state.status];
  if (closed === 'completed') return { ...base, kind: closed, output: run.result() };
  if (closed) return { ...base, kind: closed };
  if (run.isBroken) {
    const { failure: broken } = run.failures.at(-1)!;
    const type = broken.applicationFailureInfo?.type ?? 'Error';
    const message = broken.message ?? '';
    return {
      ...base,
      kind: 'broken',
      failure: { type, message },
      sentence: brokenWords(type, message, whereOf(run, title)),
    };
  }
  const endless = run.endless;
  if (endless) {
    const what = endless.role === 'undo' ? `The undo of '${title(endless.nodeId)}'` : `'${title(endless.nodeId)}'`;
    const sentence = `${what} fails each time and is tried again without an end. The run waits until it succeeds.`;
    return { ...base, kind: 'retries', sentence };
  }
  if (run.events.length >= LIMITS.events || run.now - run.startedMs >= LIMITS.timeMs) {
    const sentence = `The trial was ended after ${run.events.length} events and ${Math.round((run.now - run.startedMs) / 86_400_000)} days of flow time.`;
    return { ...base, kind: 'tooLong', sentence };
  }
  if (waits.length > 0) {
    const askedMs = Math.max(...waits.map(({ sinceMs }) => sinceMs));
    return { ...base, kind: 'asks', elapsedMs: askedMs - run.startedMs };
  }
  return { ...base, kind: 'waits' };
}

/** The code says nothing of where it is when it does not return, so the last thing that happened is named. */
function whereOf({ calls }: PlayedRun, title: (nodeId: string) => string): string {
  const last = calls.at(-1);
  return last ? `An expression after '${title(last.nodeId)}'` : 'An expression at the start of this flow';
}

function brokenWords(type: string, message: string, where: string): string {
  if (type === 'ActivationTimeoutError')
    return `${where} does not return: it loops, or works for more than a second. Nothing was sent.`;
  if (type === 'ActivationCrashError') return `${where} takes all the memory of a trial. Nothing was sent.`;
  return `The code of this flow fails in a way that no run can handle: ${message}`;
}

/** As on the page of a run: an undo whose input cannot be computed is not tried again, and only an undo can be called. */
function withoutOf(wait: HumanWait, undo: NodeManifest['undo']): TrialQuestion['without'] | null {
  if (wait.kind === 'undo' && wait.error.type === UNDO_INPUT) return 'retry';
  return wait.kind === 'outcome' && undo === null ? 'undo' : null;
}

function questionOf(
  kind: HumanWait['kind'],
  nodeId: string,
  { document, nodes }: FlowManifest,
  without: TrialQuestion['without'] | null
): string {
  const node = nodes[nodeId];
  if (kind === 'outcome') return `Did '${node?.title ?? nodeId}' happen?`;
  if (kind === 'undo' && without === 'retry')
    return `'${node?.undo?.title ?? 'Its undo'}' cannot be called. Undo it by hand, or leave it?`;
  if (kind === 'undo')
    return `'${node?.undo?.title ?? 'Its undo'}' failed. Try it again, undo it by hand, or leave it?`;
  const drawn = allNodes(document.steps).find(({ id }) => id === nodeId);
  return drawn?.kind === 'approval' ? drawn.question : '';
}

/** A start input for a flow that nobody has started: its first scenario, or a value that fits its schema. */
export function startInputOf({ document }: Pick<FlowManifest, 'document'>, seed = 1): unknown {
  return document.scenarios[0]?.input ?? sampleOf(document.input, seed, 'input').value;
}
