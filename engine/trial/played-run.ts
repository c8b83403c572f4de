/**
 * The run of a trial: a virtual run to which the plan's decisions and signals are sent when nothing else can happen and
 * the workflow reports that it waits for them, and whose moments are kept for the screen.
 */
import { allNodes } from '../flow/tree';
import type { FlowNode } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { sampleOf } from '../flow/schema/sample';
import { failureOf } from '../run-view/failure';
import { runEventOf } from '../run-view/events-from-history';
import { parseActivityId, stepOfWait, type ParsedActivityId } from '../run-view/activity-id';
import type { PendingActivityView } from '../run-view/model';
import {
  APPROVAL_UPDATE,
  NODES_QUERY,
  OUTCOME_DECISION_UPDATE,
  UNDO_DECISION_UPDATE,
  type AskTaskInput,
  type HumanWait,
  type NodesReport,
} from '../saga/contract';
import { handedIdOf } from '../saga/handed';
import { nodeIdOf, stepIdOf } from '../saga/item-path';
import { outputName } from '../flow/names';
import { decisionsOf, usualDecision } from '../flow/nodes/approval';
import { durationInWords } from '../flow/values/format';
import { decodePayload, type PayloadLike } from '../flow/values/payload';
import type { ActivityState, Failure, HistoryEvent } from '../history';
import { idOf } from '../proto-time';
import { STATUS } from '../run-name';
import type { HistoryBatch } from '../store/port';
import type { ActivityTask, WorkflowWorker } from '../worker/port';
import { PlannedAnswers, type Asked } from './answers';
import { itemPlanOf, stopsAt, type TrialPlan } from '../flow/trial-plan';
import { ALL_OF_CHILD, plannedChild } from './planned-children';
import { PlannedSignals } from './planned-signals';
import type { Book, Moment, TrialCall } from './result';
import type { ChildAsked, ChildPlayed } from './virtual-children';
import { VirtualRun } from './virtual-run';

const PERSON = { id: 'trial', name: 'Somebody' };
/** Code that fails a task fails it again: each try takes a second or two of real time. */
const TASK_FAILURES = 1;

export interface PlayOptions {
  /** Unique among the runs of the worker. */
  runKey: number;
  keepsMoments: boolean;
  mostRepeats: number;
  startMs?: number;
  /** How many of the answers that wait arrive next, and in which order: for tests. Default: all, as they were given. */
  arrived?: ArrivalOrder;
  onBatch?: (batch: HistoryBatch) => void;
}

/**
 * Removes answers from those that wait, and returns them in the order in which they arrive. None: a person, a signal or
 * the next deadline comes before them.
 */
export type ArrivalOrder = <Answer>(waiting: Answer[]) => Answer[];

export class PlayedRun extends VirtualRun {
  readonly moments: Moment[] = [];
  readonly calls: TrialCall[] = [];
  readonly startedMs: number;
  readonly #answers: PlannedAnswers;
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  /** What was sent for a wait of the workflow; each is answered once. */
  readonly #sent = new Set<string>();
  readonly #used = new Map<string, number>();
  #shown: NodesReport['nodes'] = {};
  /** How many events there were when the report was asked for. */
  #askedAt = 0;
  /** The step during which the run is to be stopped is under way. */
  #isStopDue = false;
  /** The node at which it is to be stopped calls nothing: the report says when the run is there. */
  #looksForStop = false;
  /** Timers of waits and of time limits, by the event that started them. */
  readonly #timers = new Map<number, { stepId: string; startedMs: number }>();
  /** Questions to people: since when they are asked, and how many changes of that were shown. */
  readonly #asking = new Map<string, { sinceMs: number; told: number }>();
  readonly #signals: PlannedSignals;
  #seen = '';

  constructor(
    worker: WorkflowWorker,
    private readonly manifest: FlowManifest,
    private readonly plan: TrialPlan,
    private readonly options: PlayOptions
  ) {
    const ask = (asked: Asked) => this.#asked(asked);
    const answers = new PlannedAnswers(manifest, plan, ask, (task) => options.mostRepeats + this.#attemptsOf(task));
    super(worker, answers, manifest.workflowType, [plan.input], {
      runKey: options.runKey,
      workflowId: `trial-${options.runKey}`,
      identity: 'somebody',
      startMs: options.startMs,
      onBatch: options.onBatch,
    });
    this.#answers = answers;
    this.startedMs = this.now;
    this.#nodes = new Map(allNodes(manifest.document.steps).map((node) => [node.id, node]));
    this.#signals = new PlannedSignals(manifest, plan, this.#nodes, {
      once: (key) => this.#once(key),
      came: (stepId, words, payload) => this.#came(stepId, 'signal', words, payload),
      send: (name, payload) => this.signal(name, payload),
      outputs: () => this.#outputs(),
    });
    // The report grows with the flow, so a run whose moments nobody sees is asked only when it waits, or for as long as
    // it may reach the node at which it is to be stopped, if no call shows that.
    const { stopAt } = plan;
    this.#looksForStop = stopAt !== undefined && manifest.nodes[stopAt]?.activity === null;
    if (options.keepsMoments || this.#looksForStop) this.asksAlways.push(NODES_QUERY);
  }

  get books(): Book[] {
    return this.#answers.books;
  }
  get endless(): ParsedActivityId | null {
    return this.#answers.endless;
  }
  get isBroken(): boolean {
    return this.failures.length >= TASK_FAILURES;
  }
  get report(): NodesReport {
    return (this.answers[NODES_QUERY] as NodesReport | undefined) ?? { phase: 'forward', nodes: {}, waitsFor: [] };
  }
  get reached(): string[] {
    return [...new Set(this.reachedSteps.map(nodeIdOf))];
  }
  /** In a loop each item has a step of its own. */
  get reachedSteps(): string[] {
    const reported = Object.entries(this.report.nodes).filter(([, { state }]) => state !== 'skipped');
    return reported.map(([stepId]) => stepId);
  }
  /** What a person is asked now; empty for a run that has closed. */
  get waitsFor(): HumanWait[] {
    return this.state.status === STATUS.running ? this.report.waitsFor : [];
  }

  async play(limits: { events: number; timeMs: number }): Promise<void> {
    const isOver = () => {
      if (this.#looksForStop) this.#isStopDue ||= this.#isAtStop;
      if (this.#isStopDue && this.#once('stop')) this.#stop();
      this.#moment();
      return this.endless !== null || this.events.length >= limits.events || this.now - this.startedMs >= limits.timeMs;
    };
    this.#signals.sendEarly();
    await this.run({ until: isOver, maxTaskFailures: TASK_FAILURES });
    await this.#ask();
    this.#moment(true);
  }

  protected override child(asked: ChildAsked): ChildPlayed {
    const { stepId, input } = asked;
    const played = plannedChild(asked, this.manifest, this.plan);
    if (played.leaves) this.#answers.happened(handedIdOf(stepId, ALL_OF_CHILD));
    if (stopsAt(this.plan, stepId)) this.#isStopDue = true;
    const { nodeId, path } = parseActivityId(stepId) ?? { nodeId: stepId, path: [] };
    this.#call({ nodeId, path, role: 'do', attempt: 1, input, answer: played.answer, words: null });
    return played;
  }

  /** Sends what the plan has for the waits that the workflow reports. */
  protected override async whenIdle(): Promise<boolean> {
    await this.#ask();
    const { nodes, waitsFor } = this.report;
    const before = this.#sent.size;
    if (this.#isAtStop && this.#once('stop')) {
      this.#stop();
      // Nobody decides, and no signal comes, before the run has heard of the stop.
      return true;
    }
    for (const wait of waitsFor) this.#decide(wait);
    for (const [stepId, { state }] of Object.entries(nodes)) if (state === 'waiting') this.#signals.waiting(stepId);

    return this.#sent.size > before;
  }

  protected override arrived(answers: (() => void)[]): (() => void)[] {
    const { arrived } = this.options;
    return arrived && answers.length > 0 ? arrived(answers) : super.arrived(answers);
  }

  get #isAtStop(): boolean {
    return this.reachedSteps.some((stepId) => stopsAt(this.plan, stepId));
  }

  async #ask(): Promise<void> {
    if (this.asksAlways.length > 0 || this.isBroken || this.events.length === this.#askedAt) return;
    this.#askedAt = this.events.length;
    this.answers[NODES_QUERY] = await this.query(NODES_QUERY);
  }

  #stop(): void {
    this.#came(this.plan.stopAt!, 'stop', 'The run was asked to stop.');
    this.cancel('stop', 'in a trial');
    if (!this.options.keepsMoments) this.asksAlways.length = 0;
  }

  protected override recorded(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      const { eventId, userMetadata, timerStartedEventAttributes, timerFiredEventAttributes } = event;
      const { activityTaskScheduledEventAttributes } = event;
      if (timerStartedEventAttributes) {
        const summary = userMetadata?.summary ? decodePayload(userMetadata.summary as PayloadLike) : null;
        const id = typeof summary === 'string' ? parseActivityId(summary) : null;
        if (id?.role === 'do') {
          const stepId = stepIdOf(id.nodeId, id.path);
          this.#timers.set(idOf(eventId), { stepId, startedMs: this.#asking.get(stepId)?.sinceMs ?? this.now });
        }
      }
      if (activityTaskScheduledEventAttributes) this.#told(activityTaskScheduledEventAttributes);
      if (!timerFiredEventAttributes) continue;
      const timer = this.#timers.get(idOf(timerFiredEventAttributes.startedEventId));
      if (timer) this.#passed(timer);
    }
  }

  /** The inbox is told who is asked, and that people are reminded. */
  #told({ activityId, input }: NonNullable<HistoryEvent['activityTaskScheduledEventAttributes']>): void {
    const id = parseActivityId(activityId ?? '');
    if (id?.role !== 'open' && id?.role !== 'ask') return;
    const stepId = stepIdOf(id.nodeId, id.path);
    if (id.role === 'open') {
      this.#asking.set(stepId, { sinceMs: this.now, told: 0 });
      return;
    }
    const asking = this.#asking.get(stepId);
    const payload = input?.payloads?.[0];
    const { events = [] } = (payload ? decodePayload(payload as PayloadLike) : {}) as Partial<AskTaskInput>;
    for (const { seq, kind, atMs, to = [] } of events) {
      if (!asking || seq <= asking.told) continue;
      asking.told = seq;
      const time = durationInWords(atMs - asking.sinceMs);
      this.#came(
        stepId,
        'time',
        kind === 'takenBack'
          ? 'A decision was taken back.'
          : kind === 'escalated'
            ? `Nobody decided within ${time}, so ${to.join(', ')} ${to.length === 1 ? 'is' : 'are'} asked.`
            : `Nobody decided within ${time}: those who are asked are reminded.`
      );
    }
  }

  /** A wait, or the time limit of one, has ended. */
  #passed({ stepId, startedMs }: { stepId: string; startedMs: number }): void {
    const node = this.#nodes.get(nodeIdOf(stepId));
    const time = durationInWords(this.now - startedMs);
    const words =
      node?.kind === 'approval'
        ? `Nobody decided within ${time}.`
        : node?.kind === 'child'
          ? `The child did not end within ${time}.`
          : node?.kind === 'waitForSignal'
            ? `No signal '${node.signal}' that it waits for came within ${time}.`
            : `Waited for ${time}.`;
    this.#came(stepId, 'time', words);
  }

  #decide(wait: HumanWait): void {
    const nodeId = nodeIdOf(wait.nodeId);
    // In a loop each item has a question of its own.
    const stepId = stepOfQuestion(wait);
    const step = itemPlanOf(this.plan, stepId);
    switch (wait.kind) {
      case 'approval': {
        const node = this.#nodes.get(nodeId);
        const decision = step.decision ?? (node?.kind === 'approval' ? usualDecision(node) : 'approve');
        const { taskId, dataHash, candidates } = wait;
        // Where several people decide, each of them decides alike.
        const key = wait.votes ? `${taskId}/${wait.votes.length}` : taskId;
        const isForNobody = wait.fromData === true && candidates.length === 0;
        if (decision === 'nobody' || isForNobody || !this.#once(key)) return;
        // Each question is decided by somebody else: an approval may exclude who decided another one.
        const person = wait.votes
          ? { id: `trial ${stepId} ${wait.votes.length}`, name: `Person ${wait.votes.length + 1}` }
          : { ...PERSON, id: `trial ${stepId}` };
        const actor = { ...person, groups: candidates };
        const said = { taskId, decision, dataHash, actor, comment: 'In a trial' };
        if (node?.kind !== 'approval' || !node.decisions) {
          this.#came(stepId, 'decision', decision === 'approve' ? 'Approved' : 'Rejected');
          this.update(key, APPROVAL_UPDATE, said);
          return;
        }
        const { title = decision, form } = decisionsOf(node).find(({ key }) => key === decision) ?? {};
        const values = form ? (step.values ?? sampleOf(form, this.plan.seed, nodeId).value) : {};
        this.#came(stepId, 'decision', title, { decision, values });
        this.update(key, APPROVAL_UPDATE, { ...said, values });
        return;
      }
      case 'undo': {
        const next = this.#next(`undo/${stepId}`, step.afterUndoFailed);
        if (!next) return;
        const { key, choice } = next;
        this.#came(stepId, 'operator', UNDO_WORDS[choice]);
        this.update(key, UNDO_DECISION_UPDATE, { nodeId: stepId, choice, reason: 'In a trial', actor: operator });
        return;
      }
      case 'outcome': {
        const next = this.#next(`outcome/${stepId}`, step.outcome);
        if (!next) return;
        const { key, choice: decided } = next;
        const output = decided.output ?? this.#sample(nodeId);
        this.#came(stepId, 'operator', OUTCOME_WORDS[decided.choice]);
        this.update(key, OUTCOME_DECISION_UPDATE, {
          nodeId: stepId,
          ...decided,
          output,
          reason: 'In a trial',
          actor: operator,
        });
      }
    }
  }

  /** What the steps have answered until now, by the names that expressions have for them. */
  #outputs(): Record<string, unknown> {
    return Object.fromEntries(
      this.calls.flatMap(({ nodeId, role, answer }) =>
        role === 'do' && answer?.kind === 'output' ? [[outputName(nodeId), answer.output]] : []
      )
    );
  }

  #sample(nodeId: string): unknown {
    const schema = this.manifest.nodes[nodeId]?.output;
    return schema ? sampleOf(schema, this.plan.seed, nodeId).value : null;
  }

  /**
   * The plan's next answer to a question. The workflow has heard of the last one, so that a question which it still
   * reports is a new one, even at the same moment: flow time does not move while an undo fails again.
   */
  #next<Choice>(question: string, planned: readonly Choice[] | undefined): { key: string; choice: Choice } | null {
    const used = this.#used.get(question) ?? 0;
    const choice = planned?.[used];
    const key = `${question}/${used}`;
    if (choice === undefined || !this.#once(key)) return null;
    this.#used.set(question, used + 1);
    return { key, choice };
  }

  /** As many attempts as its retry policy allows; 0 where it sets no limit. */
  #attemptsOf({ token }: ActivityTask): number {
    return this.state.activities.get(Number(token.split('/')[0]))?.retryPolicy?.maximumAttempts ?? 0;
  }

  #once(key: string): boolean {
    if (this.#sent.has(key)) return false;
    this.#sent.add(key);
    return true;
  }

  #asked({ id: { nodeId, role, path }, attempt, input, answer }: Asked): void {
    if (role === 'do' && stopsAt(this.plan, stepIdOf(nodeId, path))) this.#isStopDue = true;
    this.#call({ nodeId, path, role, attempt, input, answer, words: null });
  }
  #came(stepId: string, role: TrialCall['role'], words: string, input?: unknown): TrialCall {
    const { nodeId, path } = parseActivityId(stepId) ?? { nodeId: nodeIdOf(stepId), path: [] };
    return this.#call({ nodeId, path, role, attempt: 1, input, answer: null, words });
  }
  #call(happened: Omit<TrialCall, 'atMs' | 'moment'>): TrialCall {
    const call = { ...happened, atMs: this.now, moment: this.moments.length };
    this.calls.push(call);
    return call;
  }

  /** Keeps what is new since the last moment. `last`: also if nothing is, so that there is one. */
  #moment(last = false): void {
    if (!last && !this.options.keepsMoments) return;
    const pending = [...this.state.activities.values()].map(pendingView);
    const { phase, nodes, waitsFor } = this.report;
    const seen = `${this.events.length}/${pending.map((each) => `${each.scheduledEventId}.${each.attempt}.${each.state}`).join()}/${waitsFor.length}`;
    if (seen === this.#seen) return;
    this.#seen = seen;
    const changed = Object.entries(nodes).filter(
      ([id, report]) => this.#shown[id]?.state !== report.state || this.#shown[id]?.note !== report.note
    );
    this.#shown = nodes;
    this.moments.push({
      events: this.events.length,
      atMs: this.now,
      pending,
      nodes: Object.fromEntries(changed),
      phase,
      waitsFor: this.waitsFor,
    });
  }
}

/** The run of a step that a person is asked about. */
export const stepOfQuestion = (wait: HumanWait): string =>
  wait.kind === 'approval' ? stepOfTask(wait) : stepOfWait(wait);

/** A task is named after its run and its step (saga/human-task.ts). */
const stepOfTask = ({ taskId }: { taskId: string }): string => taskId.slice(taskId.lastIndexOf('/') + 1);

const operator = { ...PERSON, groups: [] };
const UNDO_WORDS = { retry: 'Try again', doneByHand: 'Undone by hand', leave: 'Left as it is' } as const;
const OUTCOME_WORDS = { applied: 'It happened', notApplied: 'It did not happen', undo: 'Undo it' } as const;

export function pendingView(activity: ActivityState): PendingActivityView {
  const running = activity.epoch > 0;
  return {
    activityId: activity.activityId,
    activityType: activity.activityType,
    scheduledEventId: activity.scheduledEventId,
    state: running
      ? activity.cancelRequestedEventId > 0
        ? 'cancelRequested'
        : 'started'
      : activity.attempt > 1
        ? 'backingOff'
        : 'scheduled',
    attempt: activity.attempt,
    maximumAttempts: activity.retryPolicy?.maximumAttempts ?? 0,
    lastStartedMs: activity.startedTimeMs || (activity.attempts.at(-1)?.startedTimeMs ?? null),
    nextAttemptMs: activity.nextAttemptAtMs || null,
    lastFailure: viewOf(activity.lastFailure),
    heartbeat: null,
    attempts: activity.attempts.map(({ attempt, startedTimeMs, endedTimeMs, failure }) => ({
      attempt,
      startedMs: startedTimeMs,
      endedMs: endedTimeMs || null,
      failure: viewOf(failure),
    })),
  };
}

/** A failure is read as an attribute of an event is. */
const viewOf = (failure: Failure | null) =>
  failure
    ? failureOf(runEventOf({ eventId: 1, activityTaskFailedEventAttributes: { failure } }).attributes.failure)
    : null;
