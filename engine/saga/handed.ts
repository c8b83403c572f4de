/**
 * What a child run hands over to the run of its parent: the effects that remain or may remain when it ends, as data. From
 * then on the parent undoes them, with the keys that the child made. Pure, imports nothing: the saga library and the
 * screens read it in the same way.
 *
 * Rules
 * [HO1] A run hands over what it has left when it ends, with its result or with its failure, exactly if the parent said
 *       that it takes it (HANDS_OVER in its memo). Every other run has its plain output as result.
 * [HO2] A run that fails or is stopped undoes itself first. It hands over only what remains after that.
 * [HO3] After its point of no return a run hands over effects without their undo: nothing of it is undone any more.
 * [HO4] A child that was closed without running its code (terminated, timed out) hands nothing over. Its effects remain
 *       its own, and its parent counts it as one effect that may remain.
 * [HO5] The id of a handed effect is that of the child's step, a slash, and its id in the child: 'pay~2/charge'. So it is
 *       unique in the parent, and names the whole way to the step that caused it.
 */
import type { LedgerState } from './contract';

/** Memo of a child run: the step of its parent that takes over its effects. */
export const HANDS_OVER = 'BackstitchParentStep';
/** The type of the failure of a run that leaves effects. Its details are the report, and what it hands over. */
export const LEFT_STANDING = 'LeftStanding';

export interface HandedEffect {
  activityId: string;
  /** The type of the run that did it. */
  madeBy: string;
  title: string;
  effect: 'reversible' | 'irreversible';
  keys: { do: string; undo: string; check: string } | null;
  state: LedgerState;
  happened: 'yes' | 'maybe';
  undo: {
    title: string;
    activity: string;
    input: unknown;
    options: object;
    onFailure: 'retry' | 'ask' | 'continue';
  } | null;
  undoProblem: string | null;
  late: { settledAtMs: number | null } | null;
  undoRan: boolean;
  mayBeUndone: boolean;
  /** Order of arming in the child. */
  seq: number;
}
/** Effects that are undone as a whole, as in the ledger. */
export interface HandedScope {
  unwind: 'reverse' | 'together';
  items: (HandedEffect | HandedScope)[];
}
export interface HandedResult {
  handsOver: 1;
  output?: unknown;
  effects: HandedScope;
}

export const NOTHING_LEFT: HandedScope = { unwind: 'reverse', items: [] };

/** Null: the result of a run that hands nothing over. */
export function handedResult(value: unknown): HandedResult | null {
  if (typeof value !== 'object' || value === null) return null;
  const { handsOver, effects } = value as Partial<HandedResult>;
  return handsOver === 1 && isScope(effects) ? (value as HandedResult) : null;
}

/**
 * What a child that failed with this has left. Null: it is unknown. Only a run that left something has this type of
 * failure.
 */
export function handedByFailure(type: string | null | undefined, details: readonly unknown[]): HandedScope | null {
  if (type !== LEFT_STANDING) return NOTHING_LEFT;
  const [report, handed] = details;
  // A flow may fail with a type of this name itself.
  if (report === undefined) return NOTHING_LEFT;
  return isScope(handed) ? handed : null;
}

/** In the order of arming. */
export function handedEffects({ items }: HandedScope): HandedEffect[] {
  return items.flatMap((item) => ('items' in item ? handedEffects(item) : [item])).sort((a, b) => a.seq - b.seq);
}

/** [HO5] */
export const handedIdOf = (stepId: string, activityId: string): string => `${stepId}/${activityId}`;

function isScope(value: unknown): value is HandedScope {
  return typeof value === 'object' && value !== null && Array.isArray((value as HandedScope).items);
}
