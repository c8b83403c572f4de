/**
 * The ledger of a running saga: which effects remain, and how each is undone. Entries are data, never closures, so
 * that they can be shown, counted and handed to a next run. Scopes are nested like the flow; unwinding a scope goes
 * backwards through the entries that were armed in it.
 */
import type { ActivityOptions } from '@temporalio/workflow';
import type { StepKeys } from './call';
import type { CarriedEffect, CarriedScope } from './carried';
import type { LedgerReport, LedgerState } from './contract';
import { handedIdOf, type HandedEffect, type HandedScope } from './handed';
import { nodeIdOf } from './item-path';
import { packed, unpacked, type PackedEffects } from './packed';

export type UndoFailurePolicy = 'retry' | 'ask' | 'continue';

/** How an effect is undone: everything that is needed to call its undo. */
export interface UndoEntry {
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  onFailure: UndoFailurePolicy;
}

export interface LedgerEntry {
  nodeId: string;
  activityId: string;
  title: string;
  /** The type of the run that did it, if a child handed it over. */
  madeBy?: string;
  effect: 'reversible' | 'irreversible';
  /** Made when the step began; its undo and its look-up send them too. Null: a child run, which has no key. */
  keys: StepKeys | null;
  /** Changed only by the ledger (`become`, `arm`), which reports every change. */
  readonly state: LedgerState;
  /** 'maybe': an attempt may have been sent, and its outcome is unknown. Changed only by the ledger (`arm`). */
  readonly happened: 'yes' | 'maybe';
  /** Null: the effect has no undo, or the input of its undo cannot be computed. */
  undo: UndoEntry | null;
  /** Why the input of its undo cannot be computed: a person is asked instead. */
  undoProblem: string | null;
  /**
   * For an unknown outcome: until `settledAtMs`, a forward call that arrives late may still take effect; if
   * `settledAtMs` is null, there is no such limit. Null: no late call can follow.
   */
  late: { settledAtMs: number | null } | null;
  /** Its undo was carried out, but a late forward call may follow. */
  undoRan: boolean;
  /** An undo that did not succeed was sent, and nothing proves that it did nothing: the effect may be gone. */
  mayBeUndone: boolean;
  /** Order of arming: the entry that was armed last is undone first. */
  readonly seq: number;
}

/** A part of the flow that is undone as a whole: the run, a node with catches, a parallel branch. */
export interface Scope {
  /**
   * 'together': its inner scopes are parallel branches that unwind concurrently; 'reverse': last done, first undone.
   */
  unwind: 'reverse' | 'together';
  items: (LedgerEntry | Scope)[];
}

/** Nothing is called for it any more. */
const SETTLED: readonly LedgerState[] = ['undone', 'doneByHand'];
const MAY_STILL_STAND: readonly LedgerState[] = ['standing', 'mayStand', 'undoing', 'undoFailed', 'leftStanding'];

export class Ledger {
  readonly root: Scope = { unwind: 'reverse', items: [] };
  readonly #entries: LedgerEntry[] = [];
  #armed = 0;

  constructor(private readonly changed: () => void) {}

  /** A step with an effect begins: from now on its effect may happen. */
  add(
    scope: Scope,
    entry: Pick<LedgerEntry, 'nodeId' | 'activityId' | 'title' | 'effect' | 'keys' | 'undo'>
  ): LedgerEntry {
    const added: LedgerEntry = {
      ...entry,
      state: 'mayStand',
      happened: 'maybe',
      undoProblem: null,
      late: null,
      undoRan: false,
      mayBeUndone: false,
      seq: 0,
    };
    this.#entries.push(added);
    scope.items.push(added);
    this.arm(added, 'mayStand');
    return added;
  }

  /** The effect happened, or may have happened: from now on it is undone before everything that was armed earlier. */
  arm(entry: LedgerEntry, state: 'standing' | 'mayStand'): void {
    Object.assign(entry, { seq: ++this.#armed, happened: state === 'standing' ? 'yes' : 'maybe' });
    this.become(entry, state);
  }

  become(entry: LedgerEntry, state: LedgerState): void {
    Object.assign(entry, { state });
    this.changed();
  }

  /**
   * Takes over what a child has left, as one group: from now on it is undone before everything that was armed earlier.
   * `stepId`: of the child.
   */
  adopt(parent: Scope, handed: HandedScope, { nodeId, stepId }: { nodeId: string; stepId: string }): void {
    const adopted: LedgerEntry[] = [];
    const copy = ({ unwind, items }: HandedScope): Scope => ({
      unwind,
      items: items.map((item) => {
        if ('items' in item) return copy(item);
        const entry = { ...item, nodeId, activityId: handedIdOf(stepId, item.activityId) };
        adopted.push(entry);
        return entry;
      }),
    });
    parent.items.push(copy(handed));
    adopted.sort((a, b) => a.seq - b.seq);
    for (const entry of adopted) Object.assign(entry, { seq: ++this.#armed });
    this.#entries.push(...adopted);
    this.changed();
  }

  /**
   * What remains or may remain, for the parent of this run. `isFinal`: after the point of no return nothing is undone
   * any more [HO3]. `workflowType`: of this run.
   */
  handOver(isFinal: boolean, workflowType: string): HandedScope {
    const copy = ({ unwind, items }: Scope): HandedScope => ({
      unwind,
      items: items.flatMap((item): HandedScope['items'] => {
        if ('items' in item) {
          const inner = copy(item);
          return inner.items.length > 0 ? [inner] : [];
        }
        if (!MAY_STILL_STAND.includes(item.state)) return [];
        const { nodeId: _, madeBy = workflowType, ...rest } = item;
        const effect: HandedEffect = { ...rest, madeBy };
        return [isFinal ? ({ ...effect, undo: null, undoProblem: null } satisfies HandedEffect) : effect];
      }),
    });
    return copy(this.root);
  }

  /** Every effect that happened or may have happened, for the next run of the chain (carried.ts). */
  carry(): { effects: PackedEffects; armed: number } {
    const copy = ({ unwind, items }: Scope): CarriedScope => ({
      unwind,
      items: items.flatMap((item): CarriedScope['items'] => {
        if ('items' in item) {
          const inner = copy(item);
          return inner.items.length > 0 ? [inner] : [];
        }
        if (item.state === 'notArmed') return [];
        const { nodeId: _, ...effect } = item;
        // [CRD2]
        return [SETTLED.includes(item.state) ? { ...effect, keys: null, undo: null } : effect];
      }),
    });
    const { unwind, items } = this.root;
    const last = items.at(-1);
    const before = copy({ unwind, items: items.slice(0, -1) }).items;
    // The scope of the loop is kept although it may be empty: the next run goes on with it.
    const end = last && ('items' in last ? [copy(last)] : copy({ unwind, items: [last] }).items);
    return { effects: packed({ unwind, items: [...before, ...(end ?? [])] }), armed: this.#armed };
  }

  /** The ledger of the run before this one in the chain. Called once, before anything is added. */
  restore({ effects, armed }: { effects: PackedEffects; armed: number }): void {
    const copy = ({ unwind, items }: CarriedScope): Scope => ({
      unwind,
      items: items.map((item: CarriedEffect | CarriedScope) => {
        if ('items' in item) return copy(item);
        const entry: LedgerEntry = { ...item, nodeId: nodeIdOf(item.activityId) };
        this.#entries.push(entry);
        return entry;
      }),
    });
    this.root.items.push(...copy(unpacked(effects)).items);
    this.#armed = armed;
  }

  /** The scope that was opened last in the run, which the next run of the chain goes on with. */
  get lastScope(): Scope {
    const last = this.root.items.at(-1);
    return last && 'items' in last ? last : this.open(this.root);
  }

  open(parent: Scope, unwind: Scope['unwind'] = 'reverse'): Scope {
    const scope: Scope = { unwind, items: [] };
    parent.items.push(scope);
    return scope;
  }

  get standing(): LedgerEntry[] {
    return this.#entries.filter((entry) => MAY_STILL_STAND.includes(entry.state));
  }

  /**
   * The ones among them that a completed run was not meant to have: their outcome is unknown, or their undo did not
   * succeed.
   */
  get notMeant(): LedgerEntry[] {
    return this.standing.filter(({ state }) => state !== 'standing');
  }

  /** '2 effects remain, 1 effect may remain'; '' if there are none. */
  get leftWords(): string {
    const remain = this.standing.filter(({ happened, mayBeUndone }) => happened === 'yes' && !mayBeUndone).length;
    const mayRemain = this.standing.length - remain;
    const words = [
      remain === 0 ? '' : remain === 1 ? '1 effect remains' : `${remain} effects remain`,
      mayRemain === 0 ? '' : `${mayRemain} ${mayRemain === 1 ? 'effect' : 'effects'} may remain`,
    ];
    return words.filter(Boolean).join(', ');
  }

  report(): LedgerReport {
    const entries = this.#entries.map(({ nodeId, activityId, state }) => ({ nodeId, activityId, state }));
    return { entries, standing: this.standing.length };
  }
}

/** True if an effect of this part of the flow remains or may remain. */
export function mayRemain(scope: Scope): boolean {
  return scope.items.some((item) => ('items' in item ? mayRemain(item) : MAY_STILL_STAND.includes(item.state)));
}

/** The work of an unwinding, in order: one entry, or several lists that are processed concurrently. */
export type UnwindPlan = (LedgerEntry | UnwindPlan[])[];

export function unwindPlan(scope: Scope): UnwindPlan {
  if (scope.unwind === 'together') return [scope.items.map((item) => ('items' in item ? unwindPlan(item) : [item]))];
  const plan = scope.items.flatMap((item): UnwindPlan => ('items' in item ? unwindPlan(item) : [item]));
  // The entries of parallel branches are interleaved: the one that was armed last is undone first, whichever branch
  // it was in.
  return plan.sort((a, b) => lastSeq(b) - lastSeq(a));
}

function lastSeq(step: UnwindPlan[number]): number {
  if (!Array.isArray(step)) return step.seq;
  return Math.max(-1, ...step.flat().map(lastSeq));
}
