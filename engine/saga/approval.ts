/**
 * A step that waits for a person (design D9): an activity opens the task, an Update decides it, an activity closes it. The validator
 * checks state, the hash of the data that was shown, candidates and comment; the door has authenticated who decides.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineUpdate,
  scheduleActivity,
  setHandler,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import {
  APPROVAL_UPDATE,
  REFUSALS,
  type ApprovalDecision,
  type CloseTaskInput,
  type HumanWait,
  type OpenTaskInput,
} from './contract';
import { refuse } from './operator';
import { canonicalJson, sha256 } from './sha256';
import type { SagaState } from './state';

export interface ApprovalSpec {
  id: string;
  title: string;
  question: string;
  /** Groups, e-mail addresses or user ids; empty: everybody. */
  candidates: string[];
  data: unknown;
  schema: unknown;
  requireComment: 'never' | 'onReject' | 'always';
  timeoutMs?: number;
  onTimeout: 'fail' | 'reject' | 'approve';
  /** 'continue': the flow reads the decision; 'fail': a rejection is a failure of type 'Rejected'. */
  onReject: 'fail' | 'continue';
}

export interface ApprovalResult {
  decision: 'approve' | 'reject';
  comment: string;
  /** Name of who decided; null when the time was up. */
  decidedBy: string | null;
}

interface OpenApproval {
  spec: ApprovalSpec;
  dataHash: string;
  decision: ApprovalDecision | null;
}
const approvals = new WeakMap<SagaState, Map<string, OpenApproval>>();

/** Telling the web is retried for as long as it takes: it may be down. */
const TASK_OPTIONS: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
};

/** Serve decisions. Once, when the saga begins. */
export function serveApprovals(state: SagaState): void {
  const open = new Map<string, OpenApproval>();
  approvals.set(state, open);
  setHandler(
    defineUpdate<{ decision: string }, [ApprovalDecision]>(APPROVAL_UPDATE),
    (decision) => {
      const task = open.get(decision.taskId);
      if (task) task.decision = decision;
      return { decision: decision.decision };
    },
    { validator: (decision) => validate(open.get(decision.taskId), decision) }
  );
}

function validate(task: OpenApproval | undefined, { decision, comment, dataHash, actor }: ApprovalDecision): void {
  if (!task) refuse(REFUSALS.unknownTask, 'There is no such task, or it is closed.');
  const { spec } = task;
  if (task.decision) {
    refuse(REFUSALS.alreadyDecided, `Already decided by ${task.decision.actor.name}: ${task.decision.decision}.`);
  }
  if (decision !== 'approve' && decision !== 'reject') refuse(REFUSALS.unknownTask, 'Decide approve or reject.');
  if (dataHash !== task.dataHash)
    refuse(REFUSALS.dataChanged, 'What you saw is not what is to be decided. Read it again.');
  const mayDecide =
    spec.candidates.length === 0 ||
    spec.candidates.some((name) => name === actor.id || name === actor.name || actor.groups.includes(name));
  if (!mayDecide) refuse(REFUSALS.notCandidate, `${actor.name} is not among those who may decide this.`);
  const needsComment =
    spec.requireComment === 'always' || (spec.requireComment === 'onReject' && decision === 'reject');
  if (needsComment && !comment?.trim()) refuse(REFUSALS.commentRequired, 'This decision needs a comment.');
}

export async function runApproval(state: SagaState, flow: string, spec: ApprovalSpec): Promise<ApprovalResult> {
  const firstRunId = workflowInfo().firstExecutionRunId;
  const taskId = taskIdOf(spec.id);
  const dataHash = sha256(canonicalJson(spec.data));
  const task: OpenApproval = { spec, dataHash, decision: null };
  const wait: HumanWait = {
    kind: 'approval',
    nodeId: spec.id,
    taskId,
    question: spec.question,
    candidates: spec.candidates,
    dataHash,
    sinceMs: Date.now(),
  };
  approvals.get(state)?.set(taskId, task);
  state.waits.add(wait);
  const dueAtMs = spec.timeoutMs === undefined ? null : Date.now() + spec.timeoutMs;
  const input: OpenTaskInput = {
    taskId,
    firstRunId,
    flow,
    nodeId: spec.id,
    title: spec.title,
    question: spec.question,
    candidates: spec.candidates,
    requireComment: spec.requireComment,
    data: spec.data,
    dataHash,
    schema: spec.schema,
    dueAtMs,
  };
  try {
    await tellWeb('human.open', `${spec.id}:open`, spec.title, input);
    const decided = () => task.decision !== null;
    if (dueAtMs === null) await condition(decided);
    // Due when the task says so, however long the web was away when it was opened.
    else await condition(decided, Math.max(1, dueAtMs - Date.now()), { summary: spec.id });
  } catch (error) {
    // A decision that came together with the cancellation was taken all the same: its row says so.
    await close(spec, taskId, outcomeOf(task.decision) ?? 'cancelled', task.decision);
    throw error;
  } finally {
    approvals.get(state)?.delete(taskId);
    state.waits.delete(wait);
  }
  return settle(spec, taskId, task.decision);
}

/** The web keeps ids of up to 500 characters; a workflow id alone may have 1,000. */
function taskIdOf(nodeId: string): string {
  const { workflowId, runId } = workflowInfo();
  const name = workflowId.length > 300 ? sha256(workflowId) : workflowId;
  return `${name}/${runId}/${nodeId}`;
}

async function settle(spec: ApprovalSpec, taskId: string, decided: ApprovalDecision | null): Promise<ApprovalResult> {
  const outcome = decided?.decision ?? (spec.onTimeout === 'fail' ? null : spec.onTimeout);
  await close(spec, taskId, outcomeOf(decided) ?? 'timedOut', decided);
  if (outcome === null) {
    throw ApplicationFailure.nonRetryable(`Nobody decided '${spec.title}' in time.`, 'ApprovalTimeout');
  }
  const result = { decision: outcome, comment: decided?.comment ?? '', decidedBy: decided?.actor.name ?? null };
  if (outcome === 'reject' && spec.onReject === 'fail') {
    const message = `${result.decidedBy ?? 'The deadline'} rejected '${spec.title}'${result.comment ? `: ${result.comment}` : ''}`;
    throw ApplicationFailure.nonRetryable(message, 'Rejected');
  }
  return result;
}

function outcomeOf(decided: ApprovalDecision | null): 'approved' | 'rejected' | null {
  return decided && (decided.decision === 'approve' ? 'approved' : 'rejected');
}

/** What was decided holds, whatever the web says to it: a row that cannot be closed is settled when its run closes. */
async function close(
  spec: ApprovalSpec,
  taskId: string,
  outcome: CloseTaskInput['outcome'],
  decided: ApprovalDecision | null
): Promise<void> {
  const decidedBy = decided?.actor.name ?? null;
  const firstRunId = workflowInfo().firstExecutionRunId;
  const input: CloseTaskInput = { taskId, firstRunId, outcome, decidedBy, comment: decided?.comment ?? null };
  try {
    await CancellationScope.nonCancellable(() => tellWeb('human.close', `${spec.id}:close`, spec.title, input));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}

/** Opening is waited for when it is cancelled, as every effect: a close must not overtake it. */
function tellWeb(activity: string, activityId: string, summary: string, input: OpenTaskInput | CloseTaskInput) {
  return scheduleActivity(activity, [input], {
    ...TASK_OPTIONS,
    activityId,
    summary,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}
