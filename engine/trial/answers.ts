/**
 * The activity worker of a trial: it calls nothing, and answers each attempt as the plan says. It keeps the books of
 * the services: which effects happened, and which were undone.
 *
 * Invariants: what is answered agrees with the books, as the answers of a service do that keeps its promises. A failure
 * proves that nothing happened only if no attempt had its effect; the look-up says what the books say, unless the plan
 * has another answer; an answer that does not fit the declared schema fails as the real activity does.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { ApplicationFailure, defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import type { JsonSchema } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { misfitsOf } from '../flow/schema/check';
import { sampleOf } from '../flow/schema/sample';
import { decodePayload } from '../flow/values/payload';
import {
  forwardIdOf,
  isOfTask,
  parseActivityId,
  stepIdOfActivity,
  type ParsedActivityId,
} from '../run-view/activity-id';
import type { temporal } from '../proto';
import { NOT_APPLIED } from '../saga/outcome';
import type { ActivityOutcome, ActivityTask, ActivityWorker } from '../worker/port';
import { itemPlanOf, stopsAt, type Answer, type ItemPlan, type TrialPlan } from '../flow/trial-plan';
import type { Book } from './result';

type Payload = temporal.api.common.v1.IPayload;

export interface Asked {
  id: ParsedActivityId;
  attempt: number;
  input: unknown;
  answer: Answer;
}

export class PlannedAnswers implements ActivityWorker {
  readonly #books = new Map<string, Book>();
  readonly #asked = new Map<string, number>();
  readonly #stopped = new Map<string, (outcome: ActivityOutcome) => void>();
  /** The activity that was asked more often than its policy explains: the flow asks it for ever. */
  endless: ParsedActivityId | null = null;

  constructor(
    protected readonly manifest: FlowManifest,
    private readonly plan: TrialPlan,
    private readonly onAsked: (asked: Asked) => void,
    /** How often this call may fail before it counts as one that is repeated for ever. */
    private readonly mostFailures: (task: ActivityTask) => number
  ) {}

  get books(): Book[] {
    return [...this.#books.values()];
  }

  /** What a child has done and not undone. */
  happened(activityId: string): void {
    this.#bookOf(activityId).applied = true;
  }

  serves(): boolean {
    return true;
  }

  run(task: ActivityTask): Promise<ActivityOutcome> {
    const id = parseActivityId(task.activityId);
    // The call to the inbox succeeds and has no effect.
    if (!id || isOfTask(id.role)) return Promise.resolve(completed(null));
    const attempt = (this.#asked.get(task.activityId) ?? 0) + 1;
    this.#asked.set(task.activityId, attempt);
    const answer = this.answerOf(id, attempt, task);
    return answer instanceof Promise
      ? answer.then((given) => this.#given(id, attempt, task, given))
      : this.#given(id, attempt, task, answer);
  }

  #given(id: ParsedActivityId, attempt: number, task: ActivityTask, answer: Answer): Promise<ActivityOutcome> {
    this.onAsked({ id, attempt, input: inputOf(task.input), answer });
    this.#watch(id, attempt, answer, task);
    const ended = this.#end(id, task, answer);
    // A step during which the run is stopped is answered when the run has heard of the stop.
    return id.role === 'do' && stopsAt(this.plan, forwardIdOf(id)) ? turn().then(() => ended) : ended;
  }

  /** Requests that were sent take no notice of a cancellation; those that were given up are not answered any more. */
  cancel(token: string, reason: string): void {
    if (reason !== 'CANCELLED') this.#stopped.delete(token);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  /** How this attempt ends. */
  protected answerOf(id: ParsedActivityId, attempt: number, _task: ActivityTask): Answer | Promise<Answer> {
    const step = itemPlanOf(this.plan, stepIdOfActivity(id));
    const listed = id.role === 'do' ? step.answers : id.role === 'undo' ? step.undo : undefined;
    const answer = listed?.[Math.min(attempt, listed.length) - 1] ?? { kind: 'output' };
    if (id.role === 'check') return this.#lookUp(id, step);
    if (id.role === 'undo')
      return answer.kind === 'output' ? { kind: 'output', output: answer.output ?? null } : answer;
    if (answer.kind === 'output' && answer.output === undefined)
      return { kind: 'output', output: this.#sample(id.nodeId) };
    return answer;
  }

  #lookUp(id: ParsedActivityId, step: ItemPlan): Answer {
    const planned = step.lookUp;
    if (planned && 'fails' in planned)
      return {
        kind: 'failure',
        effect: 'none',
        type: 'LookUpFailed',
        message: 'The look-up failed.',
        retryable: false,
      };
    const applied = planned?.applied ?? this.#bookOf(forwardIdOf(id)).applied;
    if (!applied) return { kind: 'output', output: { applied } };
    return { kind: 'output', output: { applied, output: planned?.output ?? this.#sample(id.nodeId) } };
  }

  #sample(nodeId: string): unknown {
    const schema = this.manifest.nodes[nodeId]?.output;
    return schema ? sampleOf(schema, this.plan.seed, nodeId).value : null;
  }

  /** Notes the effect, and ends the attempt. */
  #end(id: ParsedActivityId, task: ActivityTask, answer: Answer): Promise<ActivityOutcome> {
    const book = this.#bookOf(forwardIdOf(id));
    const happens = answer.kind === 'output' || answer.effect === 'happened';
    if (happens && id.role === 'undo' && book.applied) book.undone = true;
    if (happens && id.role === 'do') book.applied = true;
    switch (answer.kind) {
      case 'timeout':
        return new Promise((resolve) => this.#stopped.set(task.token, resolve));
      case 'output': {
        const misfit = misfitIn(answer.output, this.schemaOf(id, task));
        return Promise.resolve(
          misfit === null ? completed(answer.output) : failed('ResponseInvalid', misfit, true, [])
        );
      }
      case 'failure': {
        const hasHappened = id.role === 'undo' ? book.undone : book.applied;
        const denies = id.role === 'do' && answer.proves !== false && !hasHappened;
        const details = denies ? [{ applied: false }] : [];
        // This type alone would say that nothing happened.
        const isLie = answer.type === NOT_APPLIED && (hasHappened || answer.proves === false);
        const type = isLie ? 'Failed' : answer.type;
        return Promise.resolve(failed(type, answer.message, !answer.retryable, details));
      }
    }
  }

  /** That of the answer. */
  protected schemaOf(_id: ParsedActivityId, task: ActivityTask): JsonSchema | undefined {
    return declaredBy(task.input);
  }

  #bookOf(activityId: string): Book {
    const known = this.#books.get(activityId) ?? { activityId, applied: false, undone: false };
    this.#books.set(activityId, known);
    return known;
  }

  /** The plan's last answer is repeated for ever: a failure that the flow never gives up on would not end. */
  #watch(id: ParsedActivityId, attempt: number, answer: Answer, task: ActivityTask): void {
    if (answer.kind === 'output') return;
    const step = itemPlanOf(this.plan, stepIdOfActivity(id));
    const planned = (id.role === 'undo' ? step.undo : step.answers)?.length ?? 0;
    if (attempt > planned + this.mostFailures(task)) this.endless = id;
  }
}

const completed = (value: unknown): ActivityOutcome => ({
  kind: 'completed',
  result: value === undefined ? [] : [defaultPayloadConverter.toPayload(value) as Payload],
});

function failed(type: string, message: string, nonRetryable: boolean, details: unknown[]): ActivityOutcome {
  const failure = ApplicationFailure.create({ type, message, nonRetryable, details });
  return { kind: 'failed', failure: defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter) };
}

export const inputOf = ([input]: readonly Payload[]): unknown =>
  input ? decodePayload(input as Parameters<typeof decodePayload>[0]) : null;

/** The schema that generated code sends with a call (saga/call.ts). */
function declaredBy(input: readonly Payload[]): JsonSchema | undefined {
  return (inputOf(input.slice(1)) as { output?: JsonSchema } | null)?.output;
}

function misfitIn(value: unknown, schema: JsonSchema | undefined): string | null {
  const [misfit] = schema === undefined ? [] : misfitsOf(value, schema);
  if (!misfit) return null;
  const where = misfit.at === '/' ? 'it' : misfit.at;
  return `The answer does not match its declared schema: ${where} ${misfit.message}.`;
}
