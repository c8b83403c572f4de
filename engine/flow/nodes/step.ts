/**
 * The part of a node that makes it a step of the saga: the activity that it calls, its effect, and the undo of that
 * effect.
 */
import { z } from 'zod';
import { activityOptionsSchema, effectSchema, undoFailureSchema, type ActivityOptions } from '../activity-options';
import type { Catalogue } from '../catalogue';
import { durationMs, durationSchema } from '../duration';
import { jsonSchemaSchema } from '../json-schema';
import type { Path, Report } from '../report';
import { templateSchema, type TemplateField } from '../template';
import type { nodeFields } from './fields';

const undoSchema = z.strictObject({
  title: z.string().min(1),
  activity: z.string().min(1),
  /**
   * May use everything that was in scope when the step was armed; with `armed: 'completed'` also the step's own
   * output.
   */
  input: templateSchema,
  armed: z.enum(['completed', 'attempted']).default('completed'),
  /** What happens if it has no retries left; otherwise the default of the flow applies. */
  onFailure: undoFailureSchema.optional(),
  options: activityOptionsSchema.optional(),
});

const unknownOutcomeSchema = z.discriminatedUnion('policy', [
  z.strictObject({ policy: z.literal('undo') }),
  /** A look-up activity that returns { applied: boolean, output?: … }. */
  z.strictObject({
    policy: z.literal('check'),
    activity: z.string(),
    input: templateSchema,
    options: activityOptionsSchema.optional(),
  }),
  z.strictObject({ policy: z.literal('ask') }),
]);

export const stepFields = {
  activity: z.string().min(1),
  input: templateSchema,
  /**
   * Required for generic activities (HTTP), which have no fixed effect; otherwise it must agree with the catalogue.
   */
  effect: effectSchema.optional(),
  /** The type of the output for generic activities; others have the type of the catalogue. */
  output: jsonSchemaSchema.optional(),
  undo: undoSchema.optional(),
  unknown: unknownOutcomeSchema.optional(),
  /**
   * After an unknown outcome: can a forward call that arrives late still take effect after the undo or the look-up
   * was called with its key? Only if the target guarantees to refuse it, or if `settlesWithin` has passed, the effect
   * is certainly gone.
   */
  lateCalls: z.enum(['refused', 'possible']).optional(),
  /** After this time since the last attempt, an unanswered call has either taken effect or never will. */
  settlesWithin: durationSchema.optional(),
  /** The point of no return: before it a failure unwinds the run, after it steps are retried until they succeed. */
  pivot: z.boolean().optional(),
  options: activityOptionsSchema.optional(),
};
/** A step, whatever kind of node contains it. */
export interface SagaStep extends z.infer<z.ZodObject<typeof nodeFields & typeof stepFields>> {
  /** It runs another flow: what that has left is undone by the undo steps that it has itself. */
  undoesItself?: true;
}

/** The activities of the step, its undo and its look-up, with the options and the field of each. */
export function callsOf({ activity, options, undo, unknown }: SagaStep) {
  const calls: { activity: string; options: ActivityOptions | undefined; path: Path }[] = [
    { activity, options, path: [] },
  ];
  if (undo) calls.push({ activity: undo.activity, options: undo.options, path: ['undo'] });
  if (unknown?.policy === 'check')
    calls.push({ activity: unknown.activity, options: unknown.options, path: ['unknown'] });
  return calls;
}

export function stepTemplates({ input, undo, unknown }: SagaStep): TemplateField[] {
  const fields: TemplateField[] = [{ value: input, path: ['input'] }];
  if (undo) fields.push({ value: undo.input, path: ['undo', 'input'], readsOwn: true });
  if (unknown?.policy === 'check') fields.push({ value: unknown.input, path: ['unknown', 'input'] });
  return fields;
}

/** [FV3] [FV4] [FV10] of validate.ts. */
export function checkStep(step: SagaStep, catalogue: Catalogue, report: Report): void {
  const known = (activity: string, path: Path) => {
    if (Object.hasOwn(catalogue, activity) && !catalogue[activity]?.internal) return true;
    report('unknown-activity', step.id, path, `There is no operation '${activity}'.`, 'Choose another one.');
    return false;
  };
  if (step.undo) known(step.undo.activity, ['undo', 'activity']);
  if (step.unknown?.policy === 'check') known(step.unknown.activity, ['unknown', 'activity']);
  checkPauses(step, catalogue, report);
  if (!known(step.activity, ['activity'])) return;

  const declared = catalogue[step.activity]?.effect;
  if (declared === 'per-step' && step.effect === undefined) {
    const message = `It is not said whether this use of '${step.activity}' changes something.`;
    report('effect-missing', step.id, ['effect'], message, 'Choose an effect: none, reversible or irreversible.');
    return;
  }
  if (declared !== 'per-step' && step.effect !== undefined && step.effect !== declared) {
    const message = `The step declares the effect '${step.effect}', but '${step.activity}' has the effect '${declared}'.`;
    report('effect-differs', step.id, ['effect'], message, "Remove 'effect'.");
  }
  const effect = effectOf(step, catalogue);
  if (step.undo && effect !== 'reversible') {
    const message = effect === 'none' ? 'There is no effect to undo.' : 'An irreversible effect cannot be undone.';
    report('undo-without-effect', step.id, ['undo'], message, 'Remove the undo, or declare the effect reversible.');
  }
  if (step.unknown && effect === 'none')
    report(
      'unknown-without-effect',
      step.id,
      ['unknown'],
      'A step without an effect cannot have an unknown outcome.',
      'Remove it.'
    );
  if (step.unknown?.policy === 'undo' && !step.undo) {
    const message = "The policy for an unknown outcome is 'undo', but the step has no undo.";
    report(
      'unknown-without-undo',
      step.id,
      ['unknown', 'policy'],
      message,
      'Add an undo, look it up, or ask a person.'
    );
  }
}

/** The effect of a step: that of its activity, or its own if the activity leaves it open. */
export function effectOf(step: SagaStep, catalogue: Catalogue) {
  const declared = catalogue[step.activity]?.effect ?? 'per-step';
  return declared === 'per-step' ? (step.effect ?? 'none') : declared;
}

/** What is guaranteed about a step's calls that arrive late: by the step itself, otherwise by its activity. */
export function lateCallsOf(
  { activity, lateCalls, settlesWithin }: SagaStep,
  catalogue: Catalogue
): { lateCalls: 'refused' | 'possible'; settlesWithinMs?: number } {
  const declared = catalogue[activity];
  const within = settlesWithin ?? declared?.settlesWithin;
  return {
    lateCalls: lateCalls ?? declared?.lateCalls ?? 'possible',
    ...(within === undefined ? {} : { settlesWithinMs: durationMs(within) }),
  };
}

/** [FV10] */
function checkPauses(step: SagaStep, catalogue: Catalogue, report: Report): void {
  for (const { activity, options, path } of callsOf(step)) {
    const defaults = Object.hasOwn(catalogue, activity) ? catalogue[activity]?.defaultOptions.retry : undefined;
    const { initialInterval = '1s', maximumInterval } = { ...defaults, ...options?.retry };
    const firstMs = durationMs(initialInterval);
    const longestMs = maximumInterval === undefined ? Infinity : durationMs(maximumInterval);
    if (firstMs > 0 && firstMs <= longestMs) continue;
    const message =
      firstMs > 0
        ? `The first pause between attempts, ${initialInterval}, is longer than the longest pause, ${maximumInterval}.`
        : 'There is no pause between attempts.';
    const name = options?.retry?.initialInterval === undefined ? 'maximumInterval' : 'initialInterval';
    const field = [...path, 'options', 'retry', name];
    report('retry-intervals', step.id, field, message, 'Change the first pause or the longest.');
  }
}
