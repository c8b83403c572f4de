/**
 * The hostile service for a run that was tried before: it answers each call as the plan of the trial says, in a way
 * that HTTP has for it. Only answers of `ANSWERS` can be given.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { itemPlanOf, stopsAt, type Answer, type TrialPlan } from '../../flow/trial-plan';
import type { Call } from './call';

/** After the run was asked to stop, and before the steps are answered that were under way. */
const STOP_ARRIVES_MS = 300;
/** Calls that one workflow task made have all come by then: a stop during one of them comes before all answers. */
const TOGETHER_MS = 150;

const failure = (type: string, effect: 'none' | 'happened', retryable: boolean): Answer => ({
  kind: 'failure',
  effect,
  type,
  message: 'as planned',
  retryable,
  ...(type === 'NotApplied' ? {} : { proves: false }),
});

/** What a service can answer over HTTP, and the failures that http.request makes of it. */
export const ANSWERS = {
  output: { kind: 'output' },
  notApplied: failure('NotApplied', 'none', false),
  refused: failure('HttpStatus', 'none', false),
  refusedAfter: failure('HttpStatus', 'happened', false),
  down: failure('HttpStatus', 'none', true),
  downAfter: failure('HttpStatus', 'happened', true),
  cut: failure('Unreachable', 'none', true),
  cutAfter: failure('Unreachable', 'happened', true),
  rubbish: failure('ResponseInvalid', 'happened', false),
  silent: { kind: 'timeout', effect: 'none' },
  silentAfter: { kind: 'timeout', effect: 'happened' },
} satisfies Record<string, Answer>;

export class PlannedCalls {
  /** Why the outside did not do what the plan says, for example on a busy machine; null if it did. */
  offPlan: string | null = null;
  #stopped: Promise<unknown> | null = null;

  constructor(
    private readonly plan: TrialPlan,
    /** The step during which the run is to be stopped is under way. */
    private readonly stop: () => Promise<unknown>
  ) {}

  async serve(what: 'do' | 'undo' | 'look', stepId: string, call: Call): Promise<void> {
    const step = itemPlanOf(this.plan, stepId);
    const stops = what === 'do' && this.#stopped === null && stopsAt(this.plan, stepId);
    if (stops)
      this.#stopped = delay(TOGETHER_MS)
        .then(this.stop)
        .then(() => delay(STOP_ARRIVES_MS));
    if (this.plan.stopAt !== undefined) await delay(2 * TOGETHER_MS);
    await this.#stopped;
    // As in a trial: it is answered after the others.
    if (stops) await delay(TOGETHER_MS);
    if (call.response.destroyed) this.offPlan = `${what} ${stepId} was answered after its time limit`;
    if (what === 'look') {
      const { lookUp } = step;
      if (lookUp && 'fails' in lookUp) return call.answer(422);
      if (call.book.applied > call.book.undone) return call.answer(200, {});
      call.book.refused = true;
      return call.answer(404);
    }
    const listed = what === 'do' ? step.answers : step.undo;
    const answer = listed?.[Math.min(call.attempt, listed.length) - 1] ?? ANSWERS.output;
    call.book.log.push(`${what} ${call.attempt}: ${'type' in answer ? `${answer.type} ` : ''}${answer.kind}`);
    if (answer.kind === 'output' || answer.effect === 'happened') call.act();
    if (answer.kind === 'output') return call.answer(200, {});
    if (answer.kind === 'timeout') return;
    switch (answer.type) {
      case 'NotApplied':
        return call.answer(409, { error: 'NotApplied' });
      case 'HttpStatus':
        return call.answer(answer.retryable ? 500 : 422);
      case 'ResponseInvalid':
        return void call.response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
      default:
        return call.cut();
    }
  }
}
