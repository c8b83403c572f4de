/**
 * A step that waits for a person (design D9): an activity opens the task, an Update decides it, an activity closes
 * it. The validator checks the state, the hash of the data that was shown, the candidates and the comment; the door
 * has authenticated the person who decides.
 *
 * An approval offers 'approve' and 'reject', or decisions of its own, each of which goes on or turns back and may have
 * a form. The values of the form are checked in the validator, and are part of the output. Where several people decide
 * together, each update is a vote (votes.ts), and the flow goes on when the votes come to a decision.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  defineUpdate,
  isCancellation,
  setHandler,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import {
  APPROVAL_UPDATE,
  demandsComment,
  offeredBy,
  PRIORITIES,
  REFUSALS,
  type ApprovalDecision,
  type AskTaskInput,
  type CloseTaskInput,
  type DecisionAnswer,
  type HowMany,
  type HumanWait,
  type OfferedDecision,
  type OpenTaskInput,
  type Priority,
  type TaskEvent,
  type Vote,
  type WhoDecides,
  type WhoIsAsked,
  WHO_DECIDES_UPDATE,
} from './contract';
import type { CarriedTask } from './carried';
import { milliseconds, type Duration } from './duration';
import { nodeIdOf } from './item-path';
import { dueAtMs, momentsOf, type Escalation, type Moment, type Reminders, type Times } from './moments';
import { refuse } from './operator';
import { namesOneOf, peopleIn, type People } from './people';
import { canonicalJson, sha256 } from './sha256';
import { scheduleActivity } from './schedule';
import type { SagaState } from './state';
import { misfitOf, type ValueSchema } from './value-check';
import { askedNow, countOf, standsFor, whyNotVote } from './votes';

export interface ApprovalSpec {
  /** Of the node; in a loop with the path of the item (item-path.ts), which `Saga.approval` adds. */
  id: string;
  title: string;
  question: string;
  /** Groups (an e-mail address is a group of one) or user ids; absent or empty: everybody. */
  candidates?: string[];
  /**
   * More of them, from the data of the run. If it names nobody, and there are no others, nobody may decide, until an
   * operator says who.
   */
  candidatesFrom?: People;
  data: unknown;
  /** JSON Schema by which people read the data. */
  schema?: unknown;
  requireComment: 'never' | 'onReject' | 'always';
  /** Undefined: approve and reject. */
  decisions?: readonly OfferedDecision[];
  /** Undefined: any one of them decides. */
  howMany?: HowMany;
  /**
   * The person who started the run may not decide. The inbox checks this, because only the web process knows that
   * person.
   */
  forbidStarter?: boolean;
  /** People who may not decide, from the data of the run. */
  notBy?: People;
  /** Nodes of approvals: whoever decided one of them may not decide this one. */
  notWhoDecided?: readonly string[];
  /** Normal without it. */
  priority?: Priority;
  /** When it should be decided: a time from now, or an instant. Nothing ends then. */
  due?: Duration | null;
  /** [AMO2] */
  remind?: Reminders;
  /** Who is asked if nobody decides. [AMO1] */
  escalate?: readonly Escalation[];
  timeout?: Duration;
  /** 'fail', or the key of the decision that counts if nobody decides in time. */
  onTimeout: string;
  /** 'continue': the flow reads the decision; 'fail': a decision that turns back is a failure of type 'Rejected'. */
  onReject: 'fail' | 'continue';
}

export interface ApprovalResult {
  decision: 'approve' | 'reject';
  comment: string;
  /** The name of the person who decided; null after a timeout. */
  decidedBy: string | null;
}

/** Of an approval that names its decisions, or that several people decide. */
interface NamedResult {
  decision: string;
  comment: string;
  /** Undefined after a timeout. */
  decidedBy?: string;
  values: unknown;
  /** Where several people decide. */
  votes?: { decision: string; comment: string; by: string; values: unknown }[];
}

interface Task {
  spec: ApprovalSpec;
  /** Who may decide. An operator can change it. */
  candidates: string[];
  /** [PPL1] */
  excluded: string[];
  dataHash: string;
  /** The first accepted decision; where several people decide, the one to which their votes came. */
  decision: ApprovalDecision | null;
  votes: { vote: Vote; decision: ApprovalDecision }[];
  events: TaskEvent[];
  wait: Extract<HumanWait, { kind: 'approval' }> | null;
  /** Why the task accepts no more decisions. */
  over: CarriedTask['over'];
}
/** Closed tasks are remembered, so that a late decision is rejected with what happened. */
const tasksOf = new WeakMap<SagaState, Map<string, Task | CarriedTask>>();

/** Opening and closing the task is retried without a limit, because the web process may be down. */
const TASK_OPTIONS: ActivityOptions = {
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
};

/** Registers the handler for decisions. Called once, when the saga begins. */
export function serveApprovals(state: SagaState): void {
  // Those of the runs before this one in the chain are closed: a late decision is rejected with what happened.
  const tasks = new Map<string, Task | CarriedTask>(state.closedTasks);
  tasksOf.set(state, tasks);
  setHandler(
    defineUpdate<DecisionAnswer, [ApprovalDecision]>(APPROVAL_UPDATE),
    (decision) => {
      const task = tasks.get(decision.taskId);
      if (task && 'spec' in task) accept(state, task, withReadValues(state, decision));
      return answerOf(task, decision);
    },
    { validator: (decision) => validate(state, tasks.get(decision.taskId), decision) }
  );
  setHandler(
    defineUpdate<WhoIsAsked, [WhoDecides]>(WHO_DECIDES_UPDATE),
    ({ taskId, candidates }) => {
      const task = tasks.get(taskId);
      if (task && 'spec' in task) ask(task, peopleIn(candidates));
      return { candidates: task && 'spec' in task ? task.candidates : [] };
    },
    {
      validator({ taskId, candidates }) {
        demandOpen(tasks.get(taskId));
        if (peopleIn(candidates).length === 0) refuse(REFUSALS.notCandidate, 'Name at least one person or group.');
      },
    }
  );
}

/** From now on these may decide. */
function ask(task: Task, candidates: string[]): void {
  task.candidates = candidates;
  if (task.wait) task.wait.candidates = askedIn(task);
}

/** Nobody has decided in time: those who are asked are reminded, or others are asked. */
function happen(task: Task, moment: Moment): void {
  const event: TaskEvent = { seq: task.events.length + 1, kind: moment.kind, atMs: Date.now() };
  if (moment.kind === 'escalated') {
    const to = [...moment.to];
    ask(task, moment.instead ? to : [...new Set([...task.candidates, ...to])]);
    Object.assign(event, { to, ...(moment.instead ? { instead: true } : {}) });
  }
  task.events.push(event);
  if (task.wait) task.wait.events = task.events;
}

/** Those who are asked now. */
function askedIn(task: Task): string[] {
  const { howMany } = task.spec;
  return howMany === undefined ? [...task.candidates] : askedNow(pollOf(task, howMany), votesOf(task));
}

/** The validator has let it through: it is the first one of a person, or a repetition, which changes nothing. */
function accept(state: SagaState, task: Task, decision: ApprovalDecision): void {
  const { spec, wait } = task;
  if (task.decision || task.over) return;
  if (spec.howMany !== undefined && ownVote(task, decision)) return;
  state.deciders.add(spec.id, decision.actor);
  if (spec.howMany === undefined) {
    task.decision = decision;
    return;
  }
  const { actor } = decision;
  const vote: Vote = {
    decision: decision.decision,
    comment: decision.comment,
    values: valuesOf(spec, decision),
    by: actor.name,
    byId: actor.id,
    ...(actor.actingFor ? { forId: actor.actingFor.id } : {}),
    for: standsFor(task.candidates, namesOf(actor)),
    atMs: Date.now(),
  };
  task.votes.push({ vote, decision });
  const votes = votesOf(task);
  if (wait) Object.assign(wait, { votes, candidates: askedIn(task) });
  const count = countOf(pollOf(task, spec.howMany), votes);
  if (count.kind === 'disagreed') task.over = 'disagreed';
  if (count.kind === 'decided')
    task.decision = task.votes.find((each) => each.vote === count.vote)?.decision ?? decision;
}

function answerOf(task: Task | CarriedTask | undefined, sent: ApprovalDecision): DecisionAnswer {
  const taken = task?.decision ?? sent;
  const answer = { decision: taken.decision, decidedBy: taken.actor.name };
  if (!task || !('spec' in task) || task.spec.howMany === undefined) return answer;
  const stage = task.decision ? 'decided' : task.over === 'disagreed' ? 'disagreed' : 'open';
  return { ...answer, votes: votesOf(task), stage };
}

const pollOf = ({ candidates, spec: { decisions } }: Task, howMany: HowMany) => ({ howMany, candidates, decisions });
const votesOf = ({ votes }: Task): Vote[] => votes.map(({ vote }) => vote);
const namesOf = ({ id, groups }: ApprovalDecision['actor']): string[] => [id, ...groups];
const ownVote = ({ votes }: Task, { actor }: ApprovalDecision): Vote | undefined =>
  votes.find(({ vote }) => vote.byId === actor.id)?.vote;

/** Numbers that JavaScript cannot represent keep their digits. */
const withReadValues = ({ exact }: SagaState, decision: ApprovalDecision): ApprovalDecision =>
  decision.values === undefined ? decision : { ...decision, values: exact.read(decision.values) };

function validate(state: SagaState, task: Task | CarriedTask | undefined, decided: ApprovalDecision): void {
  const { decision, comment, dataHash, actor } = decided;
  if (!task) refuse(REFUSALS.unknownTask, 'There is no such task.');
  const title = 'spec' in task ? task.spec.title : task.title;
  const own = 'spec' in task ? ownVote(task, decided) : undefined;
  if (own && 'spec' in task) {
    // The same vote of the same person, sent twice, counts once.
    const values = valuesOf(task.spec, withReadValues(state, decided));
    if (own.decision === decision && canonicalJson(own.values) === canonicalJson(values)) return;
    refuse(REFUSALS.alreadyDecided, `${actor.name} has voted already: ${own.decision}.`);
  }
  if (task.over === 'disagreed')
    refuse(
      REFUSALS.alreadyDecided,
      `Those who were asked about '${title}' did not agree. There is nothing left to decide.`
    );
  if (task.decision) {
    // The same decision by the same person, sent twice, counts once.
    if (task.decision.actor.id === actor.id && task.decision.decision === decision) return;
    refuse(REFUSALS.alreadyDecided, `Already decided by ${task.decision.actor.name}: ${task.decision.decision}.`);
  }
  demandOpen(task);
  const { spec, candidates } = task;
  const offered = offeredBy(spec);
  const chosen = offered.find(({ key }) => key === decision);
  if (!chosen) {
    const keys = offered.map(({ key }) => `'${key}'`);
    refuse(REFUSALS.unknownTask, `The decision must be ${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}.`);
  }
  if (dataHash !== task.dataHash)
    refuse(REFUSALS.dataChanged, 'The data has changed since you read it. Read it again.');
  // Names are not compared, because people choose their own names.
  const isForAll = candidates.length === 0 && !isFromData(spec);
  if (candidates.length === 0 && !isForAll)
    refuse(REFUSALS.notCandidate, 'The data of this run names nobody who may decide. An operator must say who.');
  if (!isForAll && standsFor(candidates, namesOf(actor)).length === 0)
    refuse(REFUSALS.notCandidate, `${actor.name} is not a candidate for this decision.`);
  const starter = workflowInfo().memo?.BackstitchStarterId;
  if (spec.forbidStarter && (starter === actor.id || (actor.actingFor && starter === actor.actingFor.id)))
    refuse(REFUSALS.notCandidate, `${actor.name} started this run, so somebody else must decide this.`);
  if (namesOneOf(task.excluded, namesOf(actor)))
    refuse(REFUSALS.notCandidate, `The flow says that ${actor.name} may not decide this.`);
  const earlier = (spec.notWhoDecided ?? []).flatMap((nodeId) => [...state.deciders.of(nodeId, spec.id)]);
  if (earlier.includes(actor.id) || (actor.actingFor && earlier.includes(actor.actingFor.id)))
    refuse(REFUSALS.notCandidate, `${actor.name} decided before in this run, so somebody else must decide this.`);
  if (spec.howMany !== undefined) {
    const voter = { id: actor.id, forId: actor.actingFor?.id, names: namesOf(actor) };
    const why = whyNotVote(pollOf(task, spec.howMany), votesOf(task), voter);
    if (why) refuse(why.kind === 'voted' ? REFUSALS.alreadyDecided : REFUSALS.notCandidate, why.message);
  }
  if (demandsComment(spec, chosen) && !comment?.trim())
    refuse(REFUSALS.commentRequired, 'This decision needs a comment.');
  const values = withReadValues(state, decided).values ?? {};
  const misfit = chosen.form === undefined ? null : misfitOf(values, chosen.form as ValueSchema);
  if (misfit) {
    const field = misfit.at === '/' ? 'The form' : `'${misfit.at.slice(1)}'`;
    refuse(REFUSALS.valuesInvalid, `${field} ${misfit.message}.`);
  }
}

/** Refuses what is sent to a task that is over. */
function demandOpen(task: Task | CarriedTask | undefined): asserts task is Task {
  if (!task) refuse(REFUSALS.unknownTask, 'There is no such task.');
  const title = 'spec' in task ? task.spec.title : task.title;
  if (task.decision) refuse(REFUSALS.alreadyDecided, `Already decided by ${task.decision.actor.name}.`);
  if (task.over === 'timedOut') refuse(REFUSALS.unknownTask, `Nobody decided '${title}' in time. The task is closed.`);
  if (task.over || !('spec' in task))
    refuse(REFUSALS.unknownTask, `'${title}' was withdrawn. There is nothing left to decide.`);
}

const isFromData = (spec: ApprovalSpec): boolean => 'candidatesFrom' in spec;

/**
 * Opens the task and waits for the decision. The inbox never blocks the flow: while the web process is down the time
 * limit runs, a decision through another door counts, and a cancellation unwinds at once. Closing the task continues
 * concurrently, and the run ends only after it.
 */
export async function runApproval(
  state: SagaState,
  flow: string,
  spec: ApprovalSpec
): Promise<ApprovalResult | NamedResult> {
  const taskId = taskIdOf(spec.id);
  const beganMs = Date.now();
  const { timeout, remind, escalate } = spec;
  const times: Times = {
    beganMs,
    dueAtMs: dueAtMs(spec.due, beganMs),
    endsAtMs: timeout === undefined ? null : beganMs + milliseconds(timeout),
    remind,
    escalate,
  };
  const dataHash = sha256(canonicalJson(spec.data));
  const candidates = [...new Set([...(spec.candidates ?? []), ...peopleIn(spec.candidatesFrom)])];
  const earlier = (spec.notWhoDecided ?? []).flatMap((nodeId) => [...state.deciders.of(nodeId, spec.id)]);
  const task: Task = {
    spec,
    candidates,
    excluded: [...new Set([...peopleIn(spec.notBy), ...earlier])],
    dataHash,
    decision: null,
    votes: [],
    events: [],
    wait: null,
    over: null,
  };
  const wait: Task['wait'] & object = {
    kind: 'approval',
    nodeId: nodeIdOf(spec.id),
    taskId,
    question: spec.question,
    candidates: askedIn(task),
    ...(isFromData(spec) ? { fromData: true } : {}),
    dataHash,
    sinceMs: beganMs,
    ...(spec.howMany === undefined ? {} : { howMany: spec.howMany, votes: [] }),
  };
  task.wait = wait;
  tasksOf.get(state)?.set(taskId, task);
  state.waits.add(wait);
  const opening = openTask(flow, taskId, task, times, (openedAs) => {
    tasksOf.get(state)?.set(openedAs, task);
    wait.taskId = openedAs;
  });
  try {
    const settled = () => task.decision !== null || task.over === 'disagreed' || opening.refused !== null;
    for (const moment of momentsOf(times)) {
      const inMs = moment.atMs - Date.now();
      if (inMs > 0 && (await condition(settled, inMs, { summary: `${spec.id}:ask` }))) break;
      if (settled()) break;
      happen(task, moment);
      tellAsked(opening, wait.taskId, task);
    }
    if (times.endsAtMs === null) await condition(settled);
    else if (!(await condition(settled, Math.max(1, times.endsAtMs - Date.now()), { summary: spec.id })))
      task.over = 'timedOut';
    if (task.decision === null && task.over === null && opening.refused) {
      task.over = 'refused';
      throw opening.refused.error;
    }
  } catch (error) {
    task.over ??= 'cancelled';
    throw error;
  } finally {
    state.waits.delete(wait);
    const { decision, over } = task;
    state.closeTask(wait.taskId, { title: spec.title, decision: decision && shortOf(decision), over });
    state.beside(closeTask(opening, wait.taskId, task));
  }
  return resultOf(task);
}

const shortOf = ({ decision, actor: { id, name } }: ApprovalDecision): CarriedTask['decision'] => ({
  decision,
  actor: { id, name },
});

interface Opening {
  scope: CancellationScope;
  ended: Promise<void>;
  /** The inbox hears of one change after the other. */
  telling: Promise<void>;
  /** The web process refuses the task, so nobody can decide. */
  refused: { error: unknown } | null;
}

/**
 * `rename`: called with the id under which the web has the task, if that is another one. In a run that a reset made, a task
 * that its base had opened has the id of then, because an id names the run.
 */
function openTask(flow: string, taskId: string, task: Task, times: Times, rename: (openedAs: string) => void): Opening {
  const { spec, dataHash, candidates, excluded } = task;
  const input: OpenTaskInput = {
    taskId,
    firstRunId: workflowInfo().firstExecutionRunId,
    flow,
    nodeId: nodeIdOf(spec.id),
    title: spec.title,
    question: spec.question,
    candidates,
    requireComment: spec.requireComment,
    ...(spec.decisions ? { decisions: spec.decisions } : {}),
    ...(spec.howMany === undefined ? {} : { howMany: spec.howMany }),
    ...(spec.forbidStarter ? { forbidStarter: true } : {}),
    ...(isFromData(spec) ? { fromData: true } : {}),
    ...(excluded.length > 0 ? { excluded } : {}),
    data: spec.data,
    dataHash,
    schema: spec.schema ?? null,
    dueAtMs: times.dueAtMs ?? times.endsAtMs,
    ...(times.dueAtMs === null ? {} : { endsAtMs: times.endsAtMs }),
    ...(isPriority(spec.priority) ? { priority: spec.priority } : {}),
  };
  const scope = new CancellationScope();
  const opening: Opening = { scope, ended: Promise.resolve(), telling: Promise.resolve(), refused: null };
  opening.ended = scope
    .run(() => tellWeb('human.open', `${spec.id}:open`, spec.title, input))
    .then(
      (answer: unknown) => {
        const openedAs = typeof answer === 'object' && answer !== null && 'taskId' in answer ? answer.taskId : null;
        if (typeof openedAs === 'string' && openedAs !== taskId) rename(openedAs);
      },
      (error: unknown) => {
        if (!isCancellation(error)) opening.refused = { error };
      }
    );
  return opening;
}

const isPriority = (priority: unknown): boolean => PRIORITIES.some((each) => each === priority);

/**
 * The inbox hears who is asked now. The run holds it already; while the web process is down, changes gather and are sent
 * together.
 */
function tellAsked(opening: Opening, taskId: string, task: Task): void {
  const { spec, events } = task;
  const { length } = events;
  opening.telling = opening.telling.then(async () => {
    await opening.ended;
    // A later change has told this one too, or the task is over.
    if (opening.refused || length < events.length) return;
    const input: AskTaskInput = {
      taskId,
      firstRunId: workflowInfo().firstExecutionRunId,
      candidates: task.candidates,
      events: [...events],
    };
    try {
      await opening.scope.run(() => tellWeb('human.ask', `${spec.id}:ask`, spec.title, input));
    } catch (error) {
      if (!isCancellation(error) && !(error instanceof ActivityFailure)) throw error;
    }
  });
}

/**
 * The decision counts, whatever the web process answers: a task that cannot be closed is settled when its run closes.
 */
async function closeTask(opening: Opening, taskId: string, task: Task): Promise<void> {
  const { spec, decision, over } = task;
  opening.scope.cancel();
  // A close must not overtake its open, which may still be in flight although it was cancelled.
  await opening.ended;
  await opening.telling;
  const input: CloseTaskInput = {
    taskId,
    firstRunId: workflowInfo().firstExecutionRunId,
    // If a decision arrives together with a cancellation, the decision was accepted, and its task is closed with it.
    outcome: decision
      ? outcomeOf(spec, decision.decision)
      : over === 'timedOut' || over === 'disagreed'
        ? over
        : 'cancelled',
    decidedBy: decision?.actor.name ?? null,
    comment: decision?.comment ?? null,
    ...(decision && spec.decisions ? { decision: decision.decision, values: valuesOf(spec, decision) } : {}),
    ...(spec.howMany === undefined ? {} : { votes: votesOf(task) }),
  };
  try {
    await CancellationScope.nonCancellable(() => tellWeb('human.close', `${spec.id}:close`, spec.title, input));
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}

const decisionIn = (spec: ApprovalSpec, key: string) => offeredBy(spec).find((each) => each.key === key);
const outcomeOf = (spec: ApprovalSpec, key: string) =>
  decisionIn(spec, key)?.turnsBack === true ? 'rejected' : 'approved';
/** A decision without a form has no values, whatever was sent. */
const valuesOf = (spec: ApprovalSpec, { decision, values }: ApprovalDecision): unknown =>
  decisionIn(spec, decision)?.form === undefined ? {} : (values ?? {});

/** The web process stores ids of up to 500 characters; a workflow id alone may have 1,000. */
function taskIdOf(stepId: string): string {
  const { workflowId, runId } = workflowInfo();
  const name = workflowId.length > 300 ? sha256(workflowId) : workflowId;
  return `${name}/${runId}/${stepId}`;
}

function resultOf(task: Task): ApprovalResult | NamedResult {
  const { spec, decision } = task;
  if (task.over === 'disagreed')
    throw ApplicationFailure.nonRetryable(`Those who were asked about '${spec.title}' did not agree.`, 'NoAgreement');
  const outcome = decision?.decision ?? (spec.onTimeout === 'fail' ? null : spec.onTimeout);
  if (outcome === null) {
    throw ApplicationFailure.nonRetryable(`Nobody decided '${spec.title}' in time.`, 'ApprovalTimeout');
  }
  const comment = decision?.comment ?? '';
  const by = decision?.actor.name;
  if (outcomeOf(spec, outcome) === 'rejected' && spec.onReject === 'fail') {
    const message = `${by ?? 'The deadline'} rejected '${spec.title}'${comment ? `: ${comment}` : ''}`;
    throw ApplicationFailure.nonRetryable(message, 'Rejected');
  }
  if (!spec.decisions && spec.howMany === undefined)
    return { decision: outcome as ApprovalResult['decision'], comment, decidedBy: by ?? null };
  return {
    decision: outcome,
    comment,
    ...(by === undefined ? {} : { decidedBy: by }),
    values: decision ? valuesOf(spec, decision) : {},
    ...(spec.howMany === undefined
      ? {}
      : { votes: votesOf(task).map(({ decision, comment, by, values }) => ({ decision, comment, by, values })) }),
  };
}

/** When it is cancelled, its end is awaited as for every effect (WAIT_CANCELLATION_COMPLETED). */
function tellWeb(
  activity: string,
  activityId: string,
  summary: string,
  input: OpenTaskInput | AskTaskInput | CloseTaskInput
) {
  return scheduleActivity(activity, [input], {
    ...TASK_OPTIONS,
    activityId,
    summary,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}
