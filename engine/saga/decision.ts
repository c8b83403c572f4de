/**
 * The rules of a decision: who counts, what the answers of several people come to, and what is refused and why. Pure:
 * the run (approval.ts) gives the time and what it knows of itself, and waits.
 *
 * An approval offers 'approve' and 'reject', or decisions of its own, each of which goes on or turns back and may have
 * a form. The values of the form are checked here, and are part of the output. Where several people decide together,
 * each decision is a vote (votes.ts), and the flow goes on when the votes come to a decision.
 *
 * Rules of taking back
 * [TBK1] An approval may name a window. Whoever decided may take it back within it, as long as the run has not gone on; a vote
 *        also while others are still asked. Nobody else may.
 * [TBK2] The run goes on when the window of the decision that counts is over, or when the time to decide ends, whichever is
 *        first: a window makes no decision later than the flow allows, and a decision that was made in time counts.
 * [TBK3] Of votes in sequence only the last one is taken back: the next person was asked because of the others.
 * [TBK4] After it, the approval is asked as before. Remaining votes are counted anew. What would have happened in the window
 *        (a reminder, an escalation) happens then.
 * [TBK5] If the run turns back within the window, because it is stopped or a deadline ends it, nothing follows from the
 *        decision, and its task is withdrawn.
 *
 * Never here: timers, activities, or whatever else leaves an event.
 */
import type { CarriedTask } from './carried';
import {
  demandsComment,
  offeredBy,
  REFUSALS,
  type ApprovalDecision,
  type AskedQuestion,
  type DecisionAnswer,
  type HowMany,
  type HumanWait,
  type OfferedDecision,
  type Priority,
  type QuestionsNow,
  type TakeBack,
  type TakenBack,
  type TaskEvent,
  type TaskTimes,
  type Vote,
} from './contract';
import { milliseconds, type Duration } from './duration';
import type { Escalation, Moment, Reminders } from './moments';
import { refuse } from './operator';
import { namesOneOf, type People } from './people';
import type { Clock } from './questions';
import { canonicalJson } from './sha256';
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
  /** [TBK1] Undefined: a decision is final. */
  takeBack?: Duration;
  /** 'fail', or the key of the decision that counts if nobody decides in time. */
  onTimeout: string;
  /** 'continue': the flow reads the decision; 'fail': a decision that turns back is a failure of type 'Rejected'. */
  onReject: 'fail' | 'continue';
}

/** The state of an approval that is asked. */
export interface Task {
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
  /** When the time to decide ends, if the clock was never stopped. */
  endsAtMs: number | null;
  /** [TBK2] Of an approval that is decided; null: at once. */
  goesOnAtMs: number | null;
  /** How often a decision was taken back. */
  takeBacks: number;
  /** The inbox hears who is asked now, and what happened. */
  tell: () => void;
  questions: AskedQuestion[];
  clock: Clock;
  /** When it should be decided; as `endsAtMs` without the time that the clock was stopped. */
  dueAtMs: number | null;
  /** Why the task accepts no more decisions. */
  over: CarriedTask['over'];
}
/** What the run knows, and the rules need. */
export interface Surroundings {
  nowMs: number;
  /** The id of the person who started the run. */
  starterId: unknown;
  /** Ids of those who decided the approvals that `notWhoDecided` names. */
  earlier: readonly string[];
  /** Numbers that JavaScript cannot represent keep their digits. */
  read: (value: unknown) => unknown;
}

/** From now on these may decide. */
export function ask(task: Task, candidates: string[]): void {
  task.candidates = candidates;
  if (task.wait) task.wait.candidates = askedIn(task);
}

/** Nobody has decided in time: those who are asked are reminded, or others are asked. */
export function happen(task: Task, moment: Moment, nowMs: number): void {
  const event: TaskEvent = { seq: task.events.length + 1, kind: moment.kind, atMs: nowMs };
  if (moment.kind === 'escalated') {
    const to = [...moment.to];
    ask(task, moment.instead ? to : [...new Set([...task.candidates, ...to])]);
    Object.assign(event, { to, ...(moment.instead ? { instead: true } : {}) });
  }
  task.events.push(event);
  if (task.wait) task.wait.events = task.events;
}

/** Those who are asked now. */
export function askedIn(task: Task): string[] {
  const { howMany } = task.spec;
  return howMany === undefined ? [...task.candidates] : askedNow(pollOf(task, howMany), votesOf(task));
}

/**
 * The validator has let it through: it is the first one of a person, or a repetition, which changes nothing. False: it was a
 * repetition.
 */
export function accept(task: Task, sent: ApprovalDecision, { nowMs, read }: Surroundings): boolean {
  const { spec } = task;
  const decision = withReadValues(read, sent);
  if (task.decision || task.over) return false;
  if (spec.howMany !== undefined && ownVote(task, decision)) return false;
  if (spec.howMany === undefined) {
    task.decision = decision;
    decidedAt(task, nowMs);
    return true;
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
    atMs: nowMs,
  };
  task.votes.push({ vote, decision });
  count(task, spec.howMany);
  return true;
}

/** What the votes of a task come to. */
function count(task: Task, howMany: HowMany): void {
  const votes = votesOf(task);
  if (task.wait) Object.assign(task.wait, { votes, candidates: askedIn(task) });
  const { votes: given } = task;
  const count = countOf(pollOf(task, howMany), votes);
  if (count.kind === 'disagreed') task.over = 'disagreed';
  if (count.kind === 'decided') task.decision = given.find(({ vote }) => vote === count.vote)?.decision ?? null;
  if (count.kind !== 'open') decidedAt(task, votes.at(-1)?.atMs ?? 0);
}

/** [TBK2] */
function decidedAt(task: Task, atMs: number): void {
  const { spec, decision, wait, endsAtMs, clock } = task;
  if (spec.takeBack === undefined) return;
  const endsMs = endsAtMs === null || clock.sinceMs !== null ? Infinity : endsAtMs + clock.stoppedMs;
  const goesOnAtMs = Math.min(atMs + milliseconds(spec.takeBack), endsMs);
  task.goesOnAtMs = goesOnAtMs;
  if (wait) wait.decided = { decision: decision?.decision ?? null, by: decision?.actor.name ?? null, goesOnAtMs };
}

/** Throws a refusal if this decision cannot be taken back. Only reads. */
export function validateTakeBack(
  task: Task | CarriedTask | undefined,
  { actor }: TakeBack,
  nowMs: number
): asserts task is Task {
  if (!task) refuse(REFUSALS.unknownTask, 'There is no such task.');
  const isOver = !('spec' in task) || (task.over !== null && task.over !== 'disagreed') || !task.wait;
  if (isOver) refuse(REFUSALS.tooLate, 'The run has gone on. What was decided can no longer be taken back.');
  const { spec, decision, goesOnAtMs } = task;
  if (spec.takeBack === undefined)
    refuse(REFUSALS.tooLate, 'The flow does not say that decisions of this approval can be taken back.');
  const own = spec.howMany === undefined ? decision?.actor.id === actor.id : ownVote(task, { actor }) !== undefined;
  if (!own) {
    const by =
      decision && spec.howMany === undefined ? `${decision.actor.name} decided this` : 'You have not decided this';
    refuse(REFUSALS.notCandidate, `${by}. Only whoever decided can take it back.`);
  }
  const untilMs = spec.howMany === undefined ? goesOnAtMs : ownUntilMs(task, actor.id, spec.takeBack);
  if (nowMs >= Math.min(untilMs ?? 0, goesOnAtMs ?? Infinity))
    refuse(REFUSALS.tooLate, 'The time to take it back is over.');
  if (spec.howMany === 'inSequence' && task.votes.at(-1)?.vote.byId !== actor.id)
    refuse(REFUSALS.tooLate, 'The next person has decided after you. It can no longer be taken back.');
}
const ownUntilMs = ({ votes }: Task, actorId: string, window: Duration): number =>
  (votes.findLast(({ vote }) => vote.byId === actorId)?.vote.atMs ?? 0) + milliseconds(window);

/** The validator has let it through. */
export function takeBack(task: Task, { actor }: TakeBack, nowMs: number): void {
  const { spec, wait } = task;
  const isOther = ({ vote }: Task['votes'][number]) => vote.byId !== actor.id;
  const own = ownVote(task, { actor })?.decision ?? task.decision?.decision ?? '';
  const by = task.votes.find(({ vote }) => vote.byId === actor.id)?.vote.by ?? task.decision?.actor.name ?? actor.name;
  task.takeBacks++;
  task.decision = null;
  task.over = null;
  task.goesOnAtMs = null;
  // [TBK3] [VT6]
  task.votes = spec.howMany === 'inSequence' ? task.votes.slice(0, -1) : task.votes.filter(isOther);
  task.events.push({ seq: task.events.length + 1, kind: 'takenBack', atMs: nowMs, by, decision: own });
  if (wait) {
    delete wait.decided;
    Object.assign(wait, { takeBacks: task.takeBacks, events: task.events });
  }
  // [TBK4]
  if (spec.howMany !== undefined) count(task, spec.howMany);
}

export const takenBack = (task: Task): TakenBack => ({
  takeBacks: task.takeBacks,
  candidates: task.candidates,
  votes: votesOf(task),
  events: task.events,
  goesOnAtMs: task.goesOnAtMs,
});

export function answerOf(task: Task | CarriedTask | undefined, sent: ApprovalDecision): DecisionAnswer {
  const taken = task?.decision ?? sent;
  const goesOnAtMs = task && 'spec' in task ? task.goesOnAtMs : null;
  const takeBacks = task && 'spec' in task ? task.takeBacks : 0;
  const answer = {
    decision: taken.decision,
    decidedBy: taken.actor.name,
    ...(goesOnAtMs === null ? {} : { goesOnAtMs }),
    ...(takeBacks > 0 ? { takeBacks } : {}),
  };
  if (!task || !('spec' in task) || task.spec.howMany === undefined) return answer;
  const stage = task.decision ? 'decided' : task.over === 'disagreed' ? 'disagreed' : 'open';
  return { ...answer, votes: votesOf(task), stage };
}

const pollOf = ({ candidates, spec: { decisions } }: Task, howMany: HowMany) => ({
  howMany,
  candidates,
  decisions,
  againByName: true,
});
export const votesOf = ({ votes }: Task): Vote[] => votes.map(({ vote }) => vote);
const namesOf = ({ id, groups }: ApprovalDecision['actor']): string[] => [id, ...groups];
/** The vote that this person gave, of which what they send may be a repetition. [VT6] */
function ownVote({ votes, spec }: Task, { actor, turn }: Pick<ApprovalDecision, 'actor' | 'turn'>): Vote | undefined {
  const own = votes.filter(({ vote }) => vote.byId === actor.id);
  if (spec.howMany !== 'inSequence' || turn === undefined) return own.at(-1)?.vote;
  if (turn === votes.length) return undefined;
  return (own.find(({ vote }) => vote === votes[turn]?.vote) ?? own.at(-1))?.vote;
}

const withReadValues = (read: Surroundings['read'], decision: ApprovalDecision): ApprovalDecision =>
  decision.values === undefined ? decision : { ...decision, values: read(decision.values) };

/** Throws a refusal if this decision does not count. Only reads. */
export function validate(
  task: Task | CarriedTask | undefined,
  decided: ApprovalDecision,
  { starterId, earlier, read }: Surroundings
): void {
  const { decision, comment, dataHash, actor } = decided;
  if (!task) refuse(REFUSALS.unknownTask, 'There is no such task.');
  const title = 'spec' in task ? task.spec.title : task.title;
  const own = 'spec' in task ? ownVote(task, decided) : undefined;
  if (own && 'spec' in task) {
    // The same vote of the same person, sent twice, counts once.
    const values = valuesOf(task.spec, withReadValues(read, decided));
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
  const { spec } = task;
  const offered = offeredBy(spec);
  const chosen = offered.find(({ key }) => key === decision);
  if (!chosen) {
    const keys = offered.map(({ key }) => `'${key}'`);
    refuse(REFUSALS.unknownTask, `The decision must be ${keys.slice(0, -1).join(', ')} or ${keys.at(-1)}.`);
  }
  if (dataHash !== task.dataHash)
    refuse(REFUSALS.dataChanged, 'The data has changed since you read it. Read it again.');
  demandMay(task, actor, starterId, earlier);
  if (demandsComment(spec, chosen) && !comment?.trim())
    refuse(REFUSALS.commentRequired, 'This decision needs a comment.');
  const values = withReadValues(read, decided).values ?? {};
  const misfit = chosen.form === undefined ? null : misfitOf(values, chosen.form as ValueSchema);
  if (misfit) {
    const field = misfit.at === '/' ? 'The form' : `'${misfit.at.slice(1)}'`;
    refuse(REFUSALS.valuesInvalid, `${field} ${misfit.message}.`);
  }
}

/** Refuses whoever may not decide the task now. */
export function demandMay(
  task: Task,
  actor: ApprovalDecision['actor'],
  starterId: unknown,
  earlier: readonly string[]
): void {
  const { spec, candidates } = task;
  // Names are not compared, because people choose their own names.
  const isForAll = candidates.length === 0 && !isFromData(spec);
  if (candidates.length === 0 && !isForAll)
    refuse(REFUSALS.notCandidate, 'The data of this run names nobody who may decide. An operator must say who.');
  if (!isForAll && standsFor(candidates, namesOf(actor)).length === 0)
    refuse(REFUSALS.notCandidate, `${actor.name} is not a candidate for this decision.`);
  if (spec.forbidStarter && (starterId === actor.id || (actor.actingFor && starterId === actor.actingFor.id)))
    refuse(REFUSALS.notCandidate, `${actor.name} started this run, so somebody else must decide this.`);
  if (namesOneOf(task.excluded, namesOf(actor)))
    refuse(REFUSALS.notCandidate, `The flow says that ${actor.name} may not decide this.`);
  if (earlier.includes(actor.id) || (actor.actingFor && earlier.includes(actor.actingFor.id)))
    refuse(REFUSALS.notCandidate, `${actor.name} decided before in this run, so somebody else must decide this.`);
  if (spec.howMany !== undefined) {
    const voter = { id: actor.id, forId: actor.actingFor?.id, names: namesOf(actor) };
    const why = whyNotVote(pollOf(task, spec.howMany), votesOf(task), voter);
    if (why) refuse(why.kind === 'voted' ? REFUSALS.alreadyDecided : REFUSALS.notCandidate, why.message);
  }
}

/** [QST2] As the inbox shows them. */
export function timesOf({ clock, dueAtMs, endsAtMs }: Task): TaskTimes {
  const stoppedSinceMs = clock.sinceMs;
  const later = (atMs: number | null) => (atMs === null || stoppedSinceMs !== null ? null : atMs + clock.stoppedMs);
  return { dueAtMs: later(dueAtMs ?? endsAtMs), endsAtMs: later(endsAtMs), stoppedSinceMs };
}

export const questionsNow = (task: Task): QuestionsNow => ({
  candidates: task.candidates,
  events: task.events,
  questions: task.questions,
  times: timesOf(task),
});

/** Refuses what is sent to a task that is over. */
export function demandOpen(task: Task | CarriedTask | undefined): asserts task is Task {
  if (!task) refuse(REFUSALS.unknownTask, 'There is no such task.');
  const title = 'spec' in task ? task.spec.title : task.title;
  if (task.decision) refuse(REFUSALS.alreadyDecided, `Already decided by ${task.decision.actor.name}.`);
  if (task.over === 'timedOut') refuse(REFUSALS.unknownTask, `Nobody decided '${title}' in time. The task is closed.`);
  if (task.over || !('spec' in task))
    refuse(REFUSALS.unknownTask, `'${title}' was withdrawn. There is nothing left to decide.`);
}

export const isFromData = (spec: ApprovalSpec): boolean => 'candidatesFrom' in spec;

const decisionIn = (spec: ApprovalSpec, key: string) => offeredBy(spec).find((each) => each.key === key);
export const outcomeOf = (spec: ApprovalSpec, key: string) =>
  decisionIn(spec, key)?.turnsBack === true ? 'rejected' : 'approved';
/** A decision without a form has no values, whatever was sent. */
export const valuesOf = (spec: ApprovalSpec, { decision, values }: ApprovalDecision): unknown =>
  decisionIn(spec, decision)?.form === undefined ? {} : (values ?? {});
