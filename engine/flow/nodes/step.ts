/** What makes a node a step of the saga: the activity that it calls, its effect, and what happens to that effect. */
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
  /** May use what was in scope when the step was armed; with `armed: 'completed'` also the step's own output. */
  input: templateSchema,
  armed: z.enum(['completed', 'attempted']).default('completed'),
  /** What to do when it runs out of retries; the flow's default otherwise. */
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
  /** Required for generic activities (HTTP), which cannot know it; otherwise it must agree with the catalogue. */
  effect: effectSchema.optional(),
  /** Type of the output for generic activities; the catalogue's own otherwise. */
  output: jsonSchemaSchema.optional(),
  undo: undoSchema.optional(),
  unknown: unknownOutcomeSchema.optional(),
  /**
   * After an unknown outcome: may a forward call that arrives late still be carried out, once the undo or the look-up was asked with its
   * key? Only where the target promises to refuse it, or where `settlesWithin` has passed, is the effect known to be gone.
   */
  lateCalls: z.enum(['refused', 'possible']).optional(),
  /** Within this time after the last attempt a call that nobody answered was carried out, or never will be. */
  settlesWithin: durationSchema.optional(),
  /** The point of no return: before it a failure unwinds, after it steps are retried forward. */
  pivot: z.boolean().optional(),
  options: activityOptionsSchema.optional(),
};
/** A step, whatever kind of node holds it. */
export type SagaStep = z.infer<z.ZodObject<typeof nodeFields & typeof stepFields>>;

/** Its own activity, its undo's and its look-up's, with the options and the field of each. */
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

/** [V3] [V4] [V10] of validate.ts. */
export function checkStep(step: SagaStep, catalogue: Catalogue, report: Report): void {
  const known = (activity: string, path: Path) => {
    if (Object.hasOwn(catalogue, activity) && !catalogue[activity]?.internal) return true;
    report('unknown-activity', step.id, path, `There is no activity '${activity}'.`, 'Choose one from the catalogue.');
    return false;
  };
  if (step.undo) known(step.undo.activity, ['undo', 'activity']);
  if (step.unknown?.policy === 'check') known(step.unknown.activity, ['unknown', 'activity']);
  checkPauses(step, catalogue, report);
  if (!known(step.activity, ['activity'])) return;

  const declared = catalogue[step.activity]?.effect;
  if (declared === 'per-step' && step.effect === undefined) {
    const message = `'${step.activity}' does not know what this step does to the world.`;
    report('effect-missing', step.id, ['effect'], message, "Set 'effect' to none, reversible or irreversible.");
    return;
  }
  if (declared !== 'per-step' && step.effect !== undefined && step.effect !== declared) {
    const message = `The step says '${step.effect}', but '${step.activity}' is '${declared}'.`;
    report('effect-differs', step.id, ['effect'], message, "Leave 'effect' out.");
  }
  const effect = effectOf(step, catalogue);
  if (step.undo && effect !== 'reversible') {
    const message = effect === 'none' ? 'There is no effect to undo.' : 'An irreversible effect cannot be undone.';
    report('undo-without-effect', step.id, ['undo'], message, 'Remove the undo, or declare the effect reversible.');
  }
  if (step.unknown && effect === 'none')
    report('unknown-without-effect', step.id, ['unknown'], 'Without an effect no outcome matters.', 'Remove it.');
  if (step.unknown?.policy === 'undo' && !step.undo) {
    const message = 'An unknown outcome shall be undone, but the step has no undo.';
    report('unknown-without-undo', step.id, ['unknown', 'policy'], message, "Add an undo, or choose 'check' or 'ask'.");
  }
}

/** What a step does to the world: as its activity says, or the step itself where the activity leaves it open. */
export function effectOf(step: SagaStep, catalogue: Catalogue) {
  const declared = catalogue[step.activity]?.effect ?? 'per-step';
  return declared === 'per-step' ? (step.effect ?? 'none') : declared;
}

/** What is promised of a step's calls that arrive late: by the step itself, else by its activity. */
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

/** [V10] */
function checkPauses(step: SagaStep, catalogue: Catalogue, report: Report): void {
  for (const { activity, options, path } of callsOf(step)) {
    const defaults = Object.hasOwn(catalogue, activity) ? catalogue[activity]?.defaultOptions.retry : undefined;
    const { initialInterval = '1s', maximumInterval } = { ...defaults, ...options?.retry };
    const firstMs = durationMs(initialInterval);
    const longestMs = maximumInterval === undefined ? Infinity : durationMs(maximumInterval);
    if (firstMs > 0 && firstMs <= longestMs) continue;
    const message =
      firstMs > 0
        ? `The first pause between attempts, ${initialInterval}, is longer than the longest, ${maximumInterval}.`
        : 'There is no pause between attempts.';
    const field = [...path, 'options', 'retry'];
    report('retry-intervals', step.id, field, message, 'Change the first pause or the longest.');
  }
}
