/**
 * Where the point of no return lies, computed for every node from the paths that lead to it. A pivot in one branch of
 * a choice has no influence on the other branches; after the choice it may or may not have been passed. A pivot in one
 * of several parallel branches may be passed at any moment of the others.
 *
 * Validation ([FV6]), the linter, the compiler's retry policies and the manifest all use this result.
 */
import { factsOf, type FlowNode } from './nodes/table';
import { allNodes, catchesOf, isLoop } from './tree';

/** 'maybe': some paths to the node have passed a pivot, others have not; only the run can decide. */
export type PivotPlace = 'before' | 'maybe' | 'after';

/**
 * Whether a path that passed a pivot, and a path that passed none, may lead here. If neither may, the node cannot be
 * reached.
 */
interface Paths {
  passed: boolean;
  notPassed: boolean;
}
/** What is true after a part of the flow, and what may be true if a node in it fails. */
interface Through {
  behind: Paths;
  failing: Paths;
}
const NOWHERE: Paths = { passed: false, notPassed: false };
const PASSED: Paths = { passed: true, notPassed: false };
const either = (paths: Paths[]): Paths => ({
  passed: paths.some((each) => each.passed),
  notPassed: paths.some((each) => each.notPassed),
});
const eitherOf = (parts: Through[]): Through => ({
  behind: either(parts.map(({ behind }) => behind)),
  failing: either(parts.map(({ failing }) => failing)),
});

const known = new WeakMap<readonly FlowNode[], ReadonlyMap<string, PivotPlace>>();

/** The place of every node at its start. It is computed once: a document is never changed in place. */
export function pivotPlaces(steps: readonly FlowNode[]): ReadonlyMap<string, PivotPlace> {
  const before = known.get(steps);
  if (before) return before;
  const places = new Map<string, PivotPlace>();
  throughSequence(steps, { passed: false, notPassed: true }, places);
  known.set(steps, places);
  return places;
}

/** True if every path through these steps passes a point of no return. */
export function surelyPasses(steps: readonly FlowNode[]): boolean {
  const { behind } = throughSequence(steps, { passed: false, notPassed: true }, new Map());
  return behind.passed && !behind.notPassed;
}

const mayPass = (steps: readonly FlowNode[]): boolean =>
  allNodes(steps).some((node) => factsOf(node).step(node)?.pivot);

type Places = Map<string, PivotPlace>;

function throughSequence(steps: readonly FlowNode[], before: Paths, places: Places): Through {
  let behind = before;
  let failing = NOWHERE;
  for (const node of steps) {
    const through = throughNode(node, behind, places);
    behind = through.behind;
    failing = either([failing, through.failing]);
  }
  return { behind, failing };
}

function throughNode(node: FlowNode, before: Paths, places: Places): Through {
  places.set(node.id, before.passed ? (before.notPassed ? 'maybe' : 'after') : 'before');
  const own = throughBare(node, before, places);
  const handlers = catchesOf(node);
  if (handlers.length === 0) return own;
  const handled = handlers.map(({ then }) => throughSequence(then, own.failing, places));
  return eitherOf([own, ...handled]);
}

function throughBare(node: FlowNode, before: Paths, places: Places): Through {
  const { branches, runs, step, ends } = factsOf(node);
  if (ends) return { behind: NOWHERE, failing: before };
  // A pivot that failed was not passed.
  if (step(node)?.pivot) return { behind: PASSED, failing: before };
  const inner = branches(node).map(({ steps }) => steps);
  if (inner.length === 0) return { behind: before, failing: before };
  const ways = inner.map((steps, at) => {
    // A parallel sibling may have passed the pivot at any moment.
    const siblings = runs === 'all' ? inner.filter((_, other) => other !== at) : [];
    return throughSequence(steps, siblings.some(mayPass) ? either([before, PASSED]) : before, places);
  });
  const some = eitherOf(ways);
  // There may be no item, and no round. In these and in a race there must be no pivot (validate.ts).
  if (isLoop(node) || runs === 'first')
    return { behind: either([before, some.behind]), failing: either([before, some.behind, some.failing]) };
  if (runs !== 'all') return { behind: some.behind, failing: either([before, some.failing]) };
  // After a join, a pivot counts as passed if any branch always passes it. A sibling may still fail when a branch has
  // ended.
  const passed = ways.some(({ behind }) => behind.passed && !behind.notPassed);
  return { behind: passed ? PASSED : some.behind, failing: either([before, some.behind, some.failing]) };
}
