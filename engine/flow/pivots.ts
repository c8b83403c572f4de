/**
 * Where the point of no return lies, told for every node by the paths that lead to it. A pivot in one branch of a choice says
 * nothing about the branches beside it; behind the choice it may have been passed, or not.
 *
 * One reading for all: validation ([V6]), the linter, the compiler's retry policies and the manifest ask here.
 */
import type { FlowNode } from './document';
import { catchesOf } from './tree';

/** 'maybe': some paths to the node have passed a pivot, others have not; only the run knows. */
export type PivotPlace = 'before' | 'maybe' | 'after';

/** Whether a path on which a pivot was passed, and one on which none was, may lead here. Neither: nothing leads here. */
interface Paths {
  passed: boolean;
  notPassed: boolean;
}
/** What holds behind a part of the flow, and what may hold where something in it fails. */
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

/** The place of every node when it begins. */
export function pivotPlaces(steps: readonly FlowNode[]): Map<string, PivotPlace> {
  const places = new Map<string, PivotPlace>();
  throughSequence(steps, { passed: false, notPassed: true }, places);
  return places;
}

/** Does every path through these steps pass a point of no return? */
export function surelyPasses(steps: readonly FlowNode[]): boolean {
  const { behind } = throughSequence(steps, { passed: false, notPassed: true }, new Map());
  return behind.passed && !behind.notPassed;
}

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
  const handled = catchesOf(node).map(({ then }) => throughSequence(then, own.failing, places));
  return eitherOf([own, ...handled]);
}

function throughBare(node: FlowNode, before: Paths, places: Places): Through {
  const through = (steps: readonly FlowNode[]) => throughSequence(steps, before, places);
  const asItWas: Through = { behind: before, failing: before };
  switch (node.kind) {
    case 'action':
      // A pivot that fails was not passed.
      return { behind: node.pivot ? PASSED : before, failing: before };
    case 'choice':
      return eitherOf([...node.branches.map(({ steps }) => through(steps)), through(node.otherwise?.steps ?? [])]);
    case 'parallel': {
      const branches = node.branches.map(({ steps }) => through(steps));
      const some = eitherOf(branches);
      // All branches are through: what one of them surely passed is passed. A sibling may fail when a branch is through.
      const passed = branches.some(({ behind }) => behind.passed && !behind.notPassed);
      return { behind: passed ? PASSED : some.behind, failing: either([before, some.behind, some.failing]) };
    }
    case 'approval':
      return node.onReject ? eitherOf([asItWas, through(node.onReject)]) : asItWas;
    case 'waitForSignal':
      return node.onTimeout ? eitherOf([asItWas, through(node.onTimeout)]) : asItWas;
    case 'fail':
    case 'end':
      return { behind: NOWHERE, failing: before };
    case 'wait':
    case 'set':
      return asItWas;
  }
}
