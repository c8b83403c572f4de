/**
 * Why steps cannot become a child flow. A child is a run of its own, which gives something only at its end and undoes
 * itself if it fails: what would mean something else there is refused, with the step. Pure.
 *
 * Rules
 * [EXR1] A step that ends this flow, or that always fails it, remains in it.
 * [EXR2] Signals come to the run of this flow; the starter of a run is not the starter of its child, and a run knows only
 *        who decided its own approvals.
 * [EXR3] Nothing is extracted that has a point of no return, or that may run behind one: a child undoes itself.
 * [EXR4] A handler around the steps that keeps what was done before the failure would find it undone.
 * [EXR5] A variable has one owner. One that is set inside is read and set inside only, and not in a loop around the
 *        steps; one that is read inside has the same value all the time.
 * [EXR6] Queries and updates are answered at any time, and a child gives its output at its end.
 * [EXR7] A name means one thing in the steps.
 */
import { parametersIn } from '../../expression-names';
import { outputName } from '../../names';
import { factsOf } from '../../nodes/table';
import { effectOf } from '../../nodes/step';
import { pivotPlaces } from '../../pivots';
import { allNodes, alwaysEnds, catchesOf, isLoop, nestedSteps } from '../../tree';
import { visibleText } from '../../values/text';
import { isOutside, readsName, type Selected } from './selection';

export interface ExtractReason {
  /** Null: the flow. */
  nodeId: string | null;
  message: string;
}

export function reasonsAgainst(of: Selected): ExtractReason[] {
  return [
    ...ofKinds(of),
    ...ofEnds(of),
    ...ofPivots(of),
    ...ofHandlers(of),
    ...ofVariables(of),
    ...ofFlow(of),
    ...ofNames(of),
  ];
}

const name = ({ title }: { title: string }): string => `'${visibleText(title)}'`;

/** [EXR1] [EXR2] */
function ofKinds({ inner }: Selected): ExtractReason[] {
  const own = new Set([...inner.values()].map(({ id }) => outputName(id)));
  return [...inner.values()].flatMap((node): ExtractReason[] => {
    const because = (message: string) => [{ nodeId: node.id, message }];
    if (node.kind === 'end')
      return because(`${name(node)} ends this flow; in a child it would end the child only. Leave it out.`);
    if (node.kind === 'waitForSignal')
      return because(
        `${name(node)} waits for the signal '${node.signal}', which is sent to the run of this flow and not to a child of it.`
      );
    if (node.kind === 'approval' && node.forbidStarter)
      return because(
        `${name(node)} may not be decided by whoever started the run. A child is started by this flow, so everybody could decide.`
      );
    if (node.kind === 'approval' && node.notWhoDecided?.some(({ $expr }) => !own.has($expr.trim())))
      return because(`${name(node)} excludes who decided an approval of this flow, which a child does not know.`);
    return [];
  });
}

/** [EXR1] */
function ofEnds({ steps, inner }: Selected): ExtractReason[] {
  const hasEnd = [...inner.values()].some(({ kind }) => kind === 'end');
  if (hasEnd || !alwaysEnds([...steps])) return [];
  return [{ nodeId: steps.at(-1)!.id, message: `${name(steps.at(-1)!)} always fails the flow. Leave it out.` }];
}

/** [EXR3] */
function ofPivots({ document, inner, steps }: Selected): ExtractReason[] {
  const places = pivotPlaces(document.steps);
  const [pivot] = [...inner.values()].filter((node) => factsOf(node).step(node)?.pivot);
  if (pivot)
    return [
      {
        nodeId: pivot.id,
        message: `${name(pivot)} is the point of no return of this flow. In a child it would be that of the child only.`,
      },
    ];
  const [first] = steps;
  if (!first || (places.get(first.id) ?? 'before') === 'before') return [];
  return [
    {
      nodeId: first.id,
      message: `${name(first)} comes behind the point of no return, where steps are tried again until they succeed. A child that fails undoes itself.`,
    },
  ];
}

/** [EXR4] */
function ofHandlers({ around, inner, catalogue }: Selected): ExtractReason[] {
  const hasEffect = [...inner.values()].some((node) => {
    const step = factsOf(node).step(node);
    return step !== null && effectOf(step, catalogue) !== 'none';
  });
  if (!hasEffect) return [];
  return around.flatMap(({ node, isHandler }): ExtractReason[] =>
    !isHandler && catchesOf(node).some(({ scope }) => scope === 'keep')
      ? [
          {
            nodeId: node.id,
            message: `${name(node)} has a handler that keeps what was done before the failure. A child that fails undoes itself first.`,
          },
        ]
      : []
  );
}

/** [EXR5] */
function ofVariables(of: Selected): ExtractReason[] {
  const { document, inner, around, reads, otherReads, flowReads } = of;
  const others = allNodes(document.steps).filter(({ id }) => !inner.has(id));
  const setInside = new Set([...inner.values()].flatMap((node) => factsOf(node).sets(node)));
  const reasons: ExtractReason[] = [];
  const loop = around.find(({ node }) => isLoop(node))?.node;
  for (const variable of Object.keys(document.variables)) {
    const setter = [...inner.values()].find((node) => factsOf(node).sets(node).includes(variable));
    const update = Object.entries(document.updates).find(([, { set }]) => Object.hasOwn(set, variable));
    if (setter && setInside.has(variable)) {
      const reader = otherReads.find((read) => readsName(read, variable) && isOutside(of, read, variable));
      const flow = flowReads.find((read) => read.owner !== 'variable' && readsName(read, variable));
      const because = (why: string) =>
        reasons.push({ nodeId: setter.id, message: `${name(setter)} sets the variable '${variable}', ${why}` });
      if (reader) because(`which ${name(reader.node)} reads outside. A child has variables of its own.`);
      else if (update) because(`which the update '${update[0]}' sets, too. A child has variables of its own.`);
      else if (flow) because(`which the ${flow.owner} '${flow.name}' reads. A child has variables of its own.`);
      else if (loop)
        because(`and ${name(loop)} runs it again and again. A child begins with the first value each time.`);
      continue;
    }
    const reader = reads.find((read) => readsName(read, variable) && isOutside(of, read, variable));
    if (!reader) continue;
    const meanwhile = others.find((node) => factsOf(node).sets(node).includes(variable) && runsBeside(of, node.id));
    const because = (who: string) =>
      reasons.push({
        nodeId: reader.node.id,
        message: `${name(reader.node)} reads the variable '${variable}', which ${who} may set meanwhile. A child has the value from its start.`,
      });
    if (update) because(`the update '${update[0]}'`);
    else if (meanwhile) because(name(meanwhile));
  }
  return reasons;
}

/** Can another step run while the steps run? */
function runsBeside({ around }: Selected, id: string): boolean {
  return around.some(({ node, steps, isHandler }) => {
    if (isHandler) return false;
    const { runs } = factsOf(node);
    if (runs === 'items') return allNodes([...steps]).some((inner) => inner.id === id);
    if (runs !== 'all' && runs !== 'first') return false;
    return nestedSteps(node).some((each) => each !== steps && allNodes(each).some((inner) => inner.id === id));
  });
}

/** [EXR6] */
function ofFlow({ outputs, flowReads }: Selected): ExtractReason[] {
  return flowReads.flatMap((read): ExtractReason[] => {
    if (read.owner === 'variable') return [];
    const found = [...outputs].find(([output]) => readsName(read, output));
    if (!found) return [];
    const message = `The ${read.owner} '${read.name}' reads the output of ${name(found[1])} at any time. A child gives it only at its end.`;
    return [{ nodeId: found[1].id, message }];
  });
}

/** [EXR7] */
function ofNames(of: Selected): ExtractReason[] {
  const reasons = new Map<string, ExtractReason>();
  for (const read of of.reads) {
    const { scope, expression, node } = read;
    const outside = [...scope.outputs, ...scope.caught.keys(), ...scope.items.keys()].filter((each) =>
      isOutside(of, read, each)
    );
    const hidden = outside.find((each) => parametersIn(expression).has(each));
    const twice = outside.find((each) => of.ownNames.has(each) && readsName(read, each));
    const found = hidden ?? twice;
    if (found !== undefined)
      reasons.set(found, {
        nodeId: node.id,
        message: `In ${name(node)} the name '${found}' means something else than outside. Give one of them another name.`,
      });
  }
  return [...reasons.values()];
}
