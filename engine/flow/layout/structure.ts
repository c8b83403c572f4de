/**
 * The order of the tree for the keyboard: reading order, and the target of each arrow key from a node. Right and left
 * follow the thread, into branches and out of them; up and down go between sibling branches, up also to failure
 * handlers.
 */
import type { FlowDocument, FlowNode } from '../document';
import { factsOf } from '../nodes/table';
import { catchesOf, nestedSteps } from '../tree';
import { NO_FOLDS, unitsOf, type Folded, type Unit } from './folds';

export type Direction = 'left' | 'right' | 'up' | 'down';
export interface Structure {
  /** Every node, in reading order. */
  order: string[];
  neighbours: Record<string, Partial<Record<Direction, string>>>;
}

export function structureOf(document: Pick<FlowDocument, 'steps'>, folded: Folded = NO_FOLDS): Structure {
  const order: string[] = [];
  const neighbours: Structure['neighbours'] = {};
  const link = (id: string, direction: Direction, to: string | undefined) => {
    if (to !== undefined) (neighbours[id] ??= {})[direction] ??= to;
  };

  /** `above` and `below`: the targets of up and down if there is no nearer one, by place in the sequence. */
  const walk = (
    steps: readonly FlowNode[],
    before: string | undefined,
    after: string | undefined,
    above: (place: number) => string | undefined,
    below: (place: number) => string | undefined
  ) => {
    const units = unitsOf(steps, folded);
    units.forEach((unit, index) => {
      const node = unit.first;
      order.push(node.id);
      neighbours[node.id] ??= {};
      const next = units[index + 1]?.first.id ?? after;
      const previous = units[index - 1];
      const branches = branchesOf(unit).filter((branch) => branch.length > 0);
      const catches =
        unit.fold === null
          ? catchesOf(node)
              .map(({ then }) => then)
              .filter((then) => then.length > 0)
          : [];
      const isFork = hasParts(unit);
      const own = () => node.id;
      const outAbove = () => above(index);
      const outBelow = () => below(index);
      link(node.id, 'left', previous ? lastOf(previous) : before);
      link(node.id, 'right', isFork ? (branches[0]?.[0]?.id ?? next) : next);
      link(node.id, 'up', catches[0]?.[0]?.id ?? above(index));
      link(node.id, 'down', (isFork ? branches[1]?.[0]?.id : branches[0]?.[0]?.id) ?? below(index));
      branches.forEach((branch, at) => {
        const up = at === 0 ? (isFork ? outAbove : own) : placeIn(branches[at - 1]!);
        const down = at === branches.length - 1 ? outBelow : placeIn(branches[at + 1]!);
        walk(branch, node.id, next, up, down);
      });
      catches.forEach((then, at) => {
        const up = at === catches.length - 1 ? outAbove : placeIn(catches[at + 1]!);
        const down = at === 0 ? own : placeIn(catches[at - 1]!);
        walk(then, node.id, next, up, down);
      });
    });
  };
  const placeIn = (steps: readonly FlowNode[]) => {
    const units = unitsOf(steps, folded);
    return (place: number) => units[Math.min(place, units.length - 1)]?.first.id;
  };
  /** The target of 'left' from the node after a fork: the end of its first branch that has steps. */
  const lastOf = (unit: Unit): string => {
    const branch = hasParts(unit) ? branchesOf(unit).find((steps) => steps.length > 0) : undefined;
    return branch ? lastOf(unitsOf(branch, folded).at(-1)!) : unit.first.id;
  };
  const nowhere = () => undefined;
  walk(document.steps, undefined, undefined, nowhere, nowhere);
  return { order, neighbours };
}

/** The thread leads from its head into its branches. After a card it leads on, and side branches are below it. */
const hasParts = ({ first, fold }: Unit) => fold === null && factsOf(first).drawing.shape !== 'card';

function branchesOf({ first, fold }: Unit): FlowNode[][] {
  if (fold !== null) return [];
  const nested = nestedSteps(first);
  return nested.slice(0, nested.length - catchesOf(first).length);
}
