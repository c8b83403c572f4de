/**
 * What the compiler and the designer know about an activity: its types, its effect, and how it is undone.
 * The catalogue (engine/activities) implements it; nothing here runs.
 *
 * At run time an activity of the catalogue is `(input: Input, call: ActivityCall) => Promise<Output>` (engine/saga/call.ts).
 */
import type { ActivityOptions, Effect } from './activity-options';
import type { JsonSchema } from './json-schema';
import type { Template } from './template';

/**
 * What a field of an input becomes, for fields that are more than data. Only what was drawn has a meaning there; what an expression
 * gives is data, whatever its text is.
 *
 * 'path': a part of a URL's path, where each value is one percent-encoded segment, and a drawn `{idempotencyKey}` or `{forwardKey}` is
 * the key. 'url': as a path; an address that begins with a value takes that value as it is. 'text': keys stand inside drawn texts.
 * 'data': a drawn text that is a placeholder and nothing else is the key.
 */
export type InputPlace = 'path' | 'url' | 'text' | 'data';

export interface CatalogueActivity {
  /** Activity type, e.g. 'shop.chargePayment'. Letters, digits, dots, dashes. */
  name: string;
  /** For the palette: 'Charge a payment'. */
  title: string;
  description?: string;
  /** 'per-step': a generic activity (HTTP); every step that uses it declares its own effect. */
  effect: Effect | 'per-step';
  input: JsonSchema;
  /** By field of the input. */
  places?: Readonly<Record<string, InputPlace>>;
  /** 'per-step': the step's `output` schema is the type of the whole output; `unknown` without one. */
  output: JsonSchema | 'per-step';
  /** Offered when the step is drawn. `$expr`s may use `input` and `output`: those of the step itself. */
  suggestedUndo?: { title: string; activity: string; input: Template; armed: 'completed' | 'attempted' };
  /** What the target promises of calls that arrive late, as in `ActionNode`; the step's own declaration comes first. */
  lateCalls?: 'refused' | 'possible';
  settlesWithin?: string;
  /** The product's own: approvals use it, and no step may. */
  internal?: true;
  /** What a step gets for every option that it does not set. */
  defaultOptions: ActivityOptions;
}

export type Catalogue = Readonly<Record<string, CatalogueActivity>>;
