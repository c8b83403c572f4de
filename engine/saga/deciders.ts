/**
 * Who has decided which approval of the run, for approvals that somebody else must decide (four eyes).
 *
 * Rules
 * [DEC1] Everybody who gave a vote or a decision counts, and the person for whom they gave it.
 * [DEC2] Of two approvals in the same loop, those of the same item or round belong together. An approval outside the
 *        loop belongs to those of all items.
 * [DEC4] Who has taken a decision back has not decided.
 * [DEC3] The next run of a chain knows them too. Rounds that are over are one then: no later round belongs to them.
 */
import type { Actor } from './contract';
import { nodeIdOf } from './item-path';

export class Deciders {
  /** Ids of persons by the id of the step. */
  readonly #ids = new Map<string, Set<string>>();

  /** [DEC1] */
  add(stepId: string, { id, actingFor }: Pick<Actor, 'id' | 'actingFor'>): void {
    const ids = this.#ids.get(stepId) ?? new Set();
    ids.add(id);
    if (actingFor) ids.add(actingFor.id);
    this.#ids.set(stepId, ids);
  }

  /** [DEC4] `left`: those whose votes remain. */
  replace(stepId: string, left: readonly Pick<Actor, 'id' | 'actingFor'>[]): void {
    this.#ids.delete(stepId);
    for (const actor of left) this.add(stepId, actor);
  }

  /** [DEC2] Those who decided an approval, as another step sees it. */
  of(nodeId: string, seenFrom: string): Set<string> {
    const steps = [...this.#ids].filter(([stepId]) => nodeIdOf(stepId) === nodeId && belongTogether(stepId, seenFrom));
    return new Set(steps.flatMap(([, ids]) => [...ids]));
  }

  /** [DEC3] */
  carry(): Record<string, string[]> {
    const newest = new Map<string, { stepId: string; ids: Set<string> }>();
    for (const [stepId, ids] of this.#ids) {
      const before = newest.get(nodeIdOf(stepId))?.ids ?? [];
      newest.set(nodeIdOf(stepId), { stepId, ids: new Set([...before, ...ids]) });
    }
    return Object.fromEntries([...newest.values()].map(({ stepId, ids }) => [stepId, [...ids]]));
  }

  restore(carried: Readonly<Record<string, readonly string[]>>): void {
    for (const [stepId, ids] of Object.entries(carried)) this.#ids.set(stepId, new Set(ids));
  }
}

/** True if the path of one begins with that of the other. */
function belongTogether(one: string, other: string): boolean {
  const [a, b] = [one, other].map((stepId) => stepId.split('~')[1]?.split('.') ?? []) as [string[], string[]];
  return a.slice(0, b.length).every((item, index) => item === b[index]);
}
