/**
 * The description of an activity for the compiler and the designer: its types, its effect, and its undo. The
 * catalogue (engine/activities) provides the descriptions; nothing here runs at run time.
 *
 * At run time an activity of the catalogue is `(input: Input, call: ActivityCall) => Promise<Output>`
 * (engine/saga/call.ts).
 */
import type { ActivityOptions, Effect } from './activity-options';
import type { JsonSchema } from './json-schema';
import type { Template } from './template';

/**
 * The use of an input field, for fields that are more than data. Only text in the document is interpreted; the value
 * of an expression is always data, whatever its text is.
 *
 * 'path': a part of a URL's path, where each value is one percent-encoded segment, and `{idempotencyKey}` or
 * `{forwardKey}` in the document is replaced by the key. 'url': as a path, but a value at the very beginning of the
 * address is not encoded. 'text': keys are also replaced inside longer texts. 'data': a text in the document is
 * replaced by the key only if it consists of the placeholder alone.
 */
export type InputPlace = 'path' | 'url' | 'text' | 'data';

export interface CatalogueActivity {
  /** Activity type, e.g. 'shop.chargePayment'. Letters, digits, dots, dashes. */
  name: string;
  /** For the palette: 'Charge a payment'. */
  title: string;
  description?: string;
  /** The title of the connection whose operation it is, for lists. */
  connectionTitle?: string;
  /** 'per-step': a generic activity (HTTP); every step that uses it declares its own effect. */
  effect: Effect | 'per-step';
  input: JsonSchema;
  /** By field of the input. */
  places?: Readonly<Record<string, InputPlace>>;
  /** 'per-step': the `output` schema of the step is the type of the whole output; `unknown` without one. */
  output: JsonSchema | 'per-step';
  /**
   * The undo that is offered when the step is drawn. Its `$expr`s may use `input` and `output`: those of the step
   * itself.
   */
  suggestedUndo?: { title: string; activity: string; input: Template; armed: 'completed' | 'attempted' };
  /** The look-up that is offered for an unknown outcome. Its `$expr`s may use `input`: that of the step itself. */
  suggestedLookup?: { activity: string; input: Template };
  /**
   * What the target guarantees about calls that arrive late, as in `ActionNode`; the declaration of the step takes
   * precedence.
   */
  lateCalls?: 'refused' | 'possible';
  settlesWithin?: string;
  /**
   * For an operation of a connection: sha256, hex, of everything that decides what a call does. The sha of a
   * version contains it instead of the whole description.
   */
  sha?: string;
  /** In a page: only what lists show of it is there yet (catalogue-parts.ts). */
  isBrief?: true;
  /** Of the product itself: an activity that approvals use, or a flow. No step may call it as its activity. */
  internal?: true;
  /** The name of the one flow of the product (built-in.ts) whose steps may call it all the same. */
  onlyIn?: string;
  /** A published flow, which a step of the kind 'child' runs: its newest version. Such entries are internal, too. */
  flow?: FlowOfEntry;
  /** The defaults for options that a step does not set. */
  defaultOptions: ActivityOptions;
}

export interface FlowOfEntry {
  name: string;
  version: number;
  workflowType: string;
  /** The flows that its children run, and theirs. Whoever starts it needs the right to start all of them. */
  below: string[];
  /** Some values in its runs are sensitive. */
  sensitive?: true;
  /** It was published before flows could be children: it would not hand over what it has left. */
  tooOld?: true;
}

export type Catalogue = Readonly<Record<string, CatalogueActivity>>;

/** The name of a published flow in a catalogue. No activity of a connection has a colon in its name. */
export const flowEntryName = (flow: string): string => `flow:${flow}`;

/** The entry of a flow; undefined if it is not published. */
export function flowEntryOf(
  flow: string,
  catalogue: Catalogue
): (CatalogueActivity & Required<Pick<CatalogueActivity, 'flow'>>) | undefined {
  const name = flowEntryName(flow);
  const entry = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  return entry?.flow ? { ...entry, flow: entry.flow } : undefined;
}

/** The catalogue as this document may use it: with the activities that are for its flow alone. */
export function catalogueFor(document: unknown, catalogue: Catalogue): Catalogue {
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null;
  const own = Object.values(catalogue).filter(({ onlyIn }) => onlyIn !== undefined && onlyIn === name);
  if (own.length === 0) return catalogue;
  return { ...catalogue, ...Object.fromEntries(own.map(({ internal: _, ...entry }) => [entry.name, entry])) };
}
