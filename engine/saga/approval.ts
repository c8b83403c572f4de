/**
 * A step that waits for a person (design D9): an activity opens the task, an Update decides it, an activity closes
 * it (human-task.ts). The validator checks the state, the hash of the data that was shown, the candidates and the comment
 * (decision.ts); the door has authenticated the person who decides. Here is the wait, with the moments at which something
 * happens because nobody decides.
 */
import { ApplicationFailure, condition, defineUpdate, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  ANSWER_UPDATE,
  APPROVAL_UPDATE,
  ASK_UPDATE,
  REFUSALS,
  TAKE_BACK_UPDATE,
  WHO_DECIDES_UPDATE,
  type AnswerQuestion,
  type ApprovalDecision,
  type AskQuestion,
  type DecisionAnswer,
  type QuestionsNow,
  type TakeBack,
  type TakenBack,
  type WhoDecides,
  type WhoIsAsked,
} from './contract';
import type { CarriedTask } from './carried';
import {
  accept,
  answerOf,
  ask,
  askedIn,
  demandMay,
  demandOpen,
  happen,
  isFromData,
  outcomeOf,
  questionsNow,
  takeBack,
  takenBack,
  validate,
  validateTakeBack,
  valuesOf,
  votesOf,
  type ApprovalSpec,
  type Surroundings,
  type Task,
} from './decision';
import { milliseconds } from './duration';
import { closeTask, openTask, taskIdOf, tellAsked } from './human-task';
import { nodeIdOf } from './item-path';
import { dueAtMs, momentsOf, type Moment, type Times } from './moments';
import { refuse } from './operator';
import { peopleIn } from './people';
import { addAnswer, addQuestion, goOn, stopsAtMost, validateAnswer, validateQuestion } from './questions';
import { canonicalJson, sha256 } from './sha256';
import type { SagaState } from './state';

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

/** Closed tasks are remembered, so that a late decision is rejected with what happened. */
const tasksOf = new WeakMap<SagaState, Map<string, Task | CarriedTask>>();

/**
 * Of an update that its validator has let through. The id of a task has the run id in it, and a history that is replayed
 * beside the server has none: there a run that was reset goes by the id of its base. So the step names the task as well.
 */
function taskOf<Kept>(tasks: ReadonlyMap<string, Kept>, taskId: string): Kept | undefined {
  const step = taskId.slice(taskId.lastIndexOf('/'));
  return tasks.get(taskId) ?? [...tasks].findLast(([id]) => id.endsWith(step))?.[1];
}

/** Registers the handler for decisions. Called once, when the saga begins. */
export function serveApprovals(state: SagaState): void {
  // Those of the runs before this one in the chain are closed: a late decision is rejected with what happened.
  const tasks = new Map<string, Task | CarriedTask>(state.closedTasks);
  tasksOf.set(state, tasks);
  setHandler(
    defineUpdate<DecisionAnswer, [ApprovalDecision]>(APPROVAL_UPDATE),
    (decision) => {
      const task = taskOf(tasks, decision.taskId);
      if (task && 'spec' in task && accept(task, decision, around(state, task)))
        state.deciders.add(task.spec.id, decision.actor);
      return answerOf(task, decision);
    },
    {
      validator(decision) {
        const task = tasks.get(decision.taskId);
        validate(task, decision, around(state, task));
      },
    }
  );
  setHandler(
    defineUpdate<TakenBack, [TakeBack]>(TAKE_BACK_UPDATE),
    (sent) => {
      const task = taskOf(tasks, sent.taskId);
      // The validator has let it through.
      if (!task || !('spec' in task)) refuse(REFUSALS.unknownTask, 'There is no such task.');
      takeBack(task, sent, Date.now());
      const left = task.votes.map(({ decision }) => decision.actor);
      state.deciders.replace(task.spec.id, left);
      task.tell();
      return takenBack(task);
    },
    { validator: (sent) => validateTakeBack(tasks.get(sent.taskId), sent, Date.now()) }
  );
  setHandler(
    defineUpdate<QuestionsNow, [AskQuestion]>(ASK_UPDATE),
    (sent) => change(taskOf(tasks, sent.taskId), (task) => addQuestion(task, sent, Date.now())),
    {
      validator(sent) {
        const task = tasks.get(sent.taskId);
        demandOpen(task);
        const { starterId, earlier } = around(state, task);
        demandMay(task, sent.actor, starterId, earlier);
        validateQuestion(task, sent);
      },
    }
  );
  setHandler(
    defineUpdate<QuestionsNow, [AnswerQuestion]>(ANSWER_UPDATE),
    (sent) => change(taskOf(tasks, sent.taskId), (task) => addAnswer(task, sent, Date.now())),
    {
      validator(sent) {
        const task = tasks.get(sent.taskId);
        demandOpen(task);
        validateAnswer(task, sent);
      },
    }
  );
  setHandler(
    defineUpdate<WhoIsAsked, [WhoDecides]>(WHO_DECIDES_UPDATE),
    ({ taskId, candidates }) => {
      const task = taskOf(tasks, taskId);
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

/** A question or an answer: the inbox hears of it. The validator has let it through. */
function change(task: Task | CarriedTask | undefined, how: (task: Task) => void): QuestionsNow {
  if (!task || !('spec' in task)) refuse(REFUSALS.unknownTask, 'There is no such task.');
  how(task);
  const { wait, questions, clock } = task;
  if (wait) Object.assign(wait, { questions, stoppedSinceMs: clock.sinceMs, events: task.events });
  task.tell();
  return questionsNow(task);
}

const around = (state: SagaState, task: Task | CarriedTask | undefined): Surroundings => ({
  nowMs: Date.now(),
  starterId: workflowInfo().memo?.BackstitchStarterId,
  earlier: task && 'spec' in task ? earlierDeciders(state, task.spec) : [],
  read: (value) => state.exact.read(value),
});

const earlierDeciders = (state: SagaState, { id, notWhoDecided = [] }: ApprovalSpec): string[] =>
  notWhoDecided.flatMap((nodeId) => [...state.deciders.of(nodeId, id)]);

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
  const earlier = earlierDeciders(state, spec);
  const task: Task = {
    spec,
    candidates,
    excluded: [...new Set([...peopleIn(spec.notBy), ...earlier])],
    dataHash,
    decision: null,
    votes: [],
    events: [],
    wait: null,
    tell: () => undefined,
    questions: [],
    clock: { stoppedMs: 0, sinceMs: null },
    dueAtMs: times.dueAtMs,
    endsAtMs: times.endsAtMs,
    goesOnAtMs: null,
    takeBacks: 0,
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
  task.tell = () => tellAsked(opening, wait.taskId, task);
  try {
    const settled = () => task.decision !== null || task.over === 'disagreed' || opening.refused !== null;
    const moments = momentsOf(times);
    do {
      if (!(await isSettledInTime(task, moments, settled))) task.over = 'timedOut';
    } while (await wasTakenBack(task));
    if (task.decision === null && task.over === null && opening.refused) {
      task.over = 'refused';
      throw opening.refused.error;
    }
  } catch (error) {
    // [TBK5]
    if (task.goesOnAtMs !== null) Object.assign(task, { decision: null, over: 'cancelled' });
    task.over ??= 'cancelled';
    throw error;
  } finally {
    task.wait = null;
    state.waits.delete(wait);
    const { decision, over } = task;
    state.closeTask(wait.taskId, { title: spec.title, decision: decision && shortOf(decision), over });
    state.beside(closeTask(opening, wait.taskId, task));
  }
  return resultOf(task);
}

/**
 * Waits for the decision, with the moments at which something happens meanwhile. False: the time to decide is over. While a
 * question is open no time passes. [QST2]
 */
async function isSettledInTime(task: Task, moments: Moment[], settled: () => boolean): Promise<boolean> {
  const { spec, clock, endsAtMs } = task;
  const interrupted = () => settled() || clock.sinceMs !== null;
  while (!settled()) {
    const [moment] = moments;
    const atMs = moment?.atMs ?? endsAtMs;
    if (clock.sinceMs !== null) await clockGoesOn(task, settled);
    else if (atMs === null) await condition(interrupted);
    else {
      const inMs = atMs + clock.stoppedMs - Date.now();
      const summary = moment ? `${spec.id}:ask` : spec.id;
      const isLate = moment !== undefined && inMs <= 0;
      if (!isLate && (await condition(interrupted, Math.max(1, inMs), { summary }))) continue;
      if (!moment) return false;
      if (interrupted()) continue;
      happen(task, moment, Date.now());
      moments.shift();
      task.tell();
    }
  }
  return true;
}

/** [QST3] */
async function clockGoesOn(task: Task, settled: () => boolean): Promise<void> {
  const { clock, spec, wait } = task;
  const since = clock.sinceMs ?? 0;
  const inMs = Math.max(1, since + stopsAtMost(clock) - Date.now());
  const goesOn = () => settled() || clock.sinceMs !== since;
  if (await condition(goesOn, inMs, { summary: `${spec.id}:ask` })) return;
  goOn(task, Date.now(), true);
  if (wait) Object.assign(wait, { stoppedSinceMs: null, events: task.events });
  task.tell();
}

/**
 * Waits until nothing can be taken back any more. True: it was taken back, and the approval is asked as before. The time is
 * durable, so a run that was away goes on when it is over.
 */
async function wasTakenBack(task: Task): Promise<boolean> {
  for (let isOpen = false; ;) {
    const { goesOnAtMs, takeBacks, spec } = task;
    if (goesOnAtMs === null) return isOpen;
    const changed = () => task.takeBacks !== takeBacks;
    const inMs = Math.max(1, goesOnAtMs - Date.now());
    if (!(await condition(changed, inMs, { summary: `${spec.id}:back` }))) return false;
    isOpen = task.decision === null && task.over === null;
  }
}

const shortOf = ({ decision, actor: { id, name } }: ApprovalDecision): CarriedTask['decision'] => ({
  decision,
  actor: { id, name },
});

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
