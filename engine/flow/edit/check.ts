/**
 * What an operation may bring into a draft: ids, branches of the right kind, JSON that can be kept, sizes with a limit.
 */
import { textProblem } from '../../plain-text';
import { nodeIdSchema } from '../names';
import { factsOf, NODE_KINDS, type FlowNode } from '../nodes/table';
import {
  draftNodes,
  holdOf,
  indexOf,
  isSingle,
  withInner,
  type Draft,
  type DraftBranch,
  type DraftNode,
  type Json,
  type SequencePlace,
} from './draft';
import type { Refusal, Target } from './operations';
import { Refused, refuse } from './refuse';
import { nodeIn, titleOf } from './places';
import { isUnique, TakenIds } from './tree-index';

/** Nodes of a draft, its tray included. */
export const MOST_NODES = 5_000;
const DEEPEST_BRANCH = 20;
const DEEPEST_JSON = 100;
/** Characters of a field's value as JSON. */
const LONGEST_VALUE = 1_000_000;

export function checkId(id: string): void {
  if (!nodeIdSchema.safeParse(id).success)
    refuse(
      'malformed',
      `'${String(id).slice(0, 80)}' is no id: small letters, digits and dashes, at most 63 characters.`
    );
}
export function checkNew(draft: Draft, nodes: readonly DraftNode[], branches: readonly string[]): void {
  const { taken, size } = indexOf(draft);
  takeIds([...idsOf(nodes), ...branches], new TakenIds(), taken);
  checkSize(size + nodes.length);
}
const idsOf = (nodes: readonly DraftNode[]): string[] =>
  nodes.flatMap((each) => [each.id, ...each.branches.filter(isUnique).map(({ id }) => id)]);
/** `before`: more ids that are taken. */
function takeIds(ids: readonly string[], taken: TakenIds, before: Pick<TakenIds, 'has'> = taken): void {
  for (const id of ids) {
    if (taken.has(id) || before.has(id)) refuse('id-taken', `Another step or branch has the id '${id}'.`);
    taken.add(id);
  }
}
function checkSize(nodes: number): void {
  if (nodes > MOST_NODES) refuse('too-large', `A flow has at most ${MOST_NODES} steps.`);
}
export function checkNode(node: DraftNode, draft: Draft): void {
  for (const each of withInner(node)) {
    if (!NODE_KINDS.includes(each.kind)) refuse('malformed', `There is no kind of step called '${String(each.kind)}'.`);
    checkId(each.id);
    checkJson(each.fields as Json);
    each.branches.forEach((branch) => checkBranch({ ...each, branches: [] }, branch));
    const { holds, fewestBranches } = factsOf({ kind: each.kind } as FlowNode);
    const ids = each.branches.map(({ id }) => id);
    const single = each.branches.filter(({ at }) => isSingle(holds[at])).map(({ at }) => at);
    if (new Set(ids).size < ids.length || new Set(single).size < single.length)
      refuse('id-taken', `'${titleOf(each)}' has two branches of the same id.`);
    const bodies = Object.keys(holds).filter((at) => holds[at] === 'body');
    const lacksBody = bodies.some((at) => !each.branches.some((branch) => branch.at === at));
    if (lacksBody || each.branches.filter(({ at }) => holds[at] === 'branches').length < fewestBranches)
      refuse('not-here', `'${titleOf(each)}' has too few branches.`);
  }
  checkNew(draft, withInner(node), []);
}
export function checkBranch(node: DraftNode, branch: DraftBranch): void {
  const hold = holdOf(node.kind, branch.at);
  if (hold === null) refuse('not-here', `'${titleOf(node)}' has no branch '${branch.at}'.`);
  checkId(isSingle(hold) ? 'x' : branch.id);
  if (isSingle(hold) && branch.id !== branch.at)
    refuse('malformed', `The branch '${branch.at}' has the id '${branch.id}'.`);
  if (node.branches.some((each) => each.id === branch.id))
    refuse('id-taken', `'${titleOf(node)}' has a branch '${branch.id}'.`);
  checkJson(branch.fields as Json);
}
/**
 * What makes the structure of a draft invalid, with the outermost step around it; null: nothing. For drafts from
 * outside.
 */
export function draftProblem(draft: Draft): { nodeId: string | null; refusal: Refusal } | null {
  const nothing: Draft = { flow: {}, steps: [], tray: [] };
  const taken = new TakenIds();
  let nodeId: string | null = null;
  try {
    checkJson(draft.flow as Json);
    for (const node of [...draft.steps, ...draft.tray]) {
      nodeId = node.id;
      checkNode(node, nothing);
      checkDepth(nothing, { parent: null, branch: null }, node);
      takeIds(idsOf(withInner(node)), taken);
    }
    nodeId = null;
    checkSize(draftNodes(draft).length);
    return null;
  } catch (error) {
    if (error instanceof Refused) return { nodeId, refusal: error.refusal };
    throw error;
  }
}
export function checkDepth(draft: Draft, place: SequencePlace, node: DraftNode): void {
  if (indexOf(draft).depthOf(place) + depthOf(node) > DEEPEST_BRANCH)
    refuse('too-large', `Branches are nested at most ${DEEPEST_BRANCH} deep.`);
}
const depths = new WeakMap<DraftNode, number>();
function depthOf(node: DraftNode): number {
  let depth = depths.get(node);
  if (depth === undefined) {
    depth = 1 + node.branches.flatMap((branch) => branch.steps.map(depthOf)).reduce((a, b) => Math.max(a, b), 0);
    depths.set(node, depth);
  }
  return depth;
}
export function checkPath(draft: Draft, target: Target, path: readonly string[]): void {
  const [first] = path;
  const isStructure =
    target.node === null
      ? ['steps', 'format'].includes(first ?? '')
      : target.branch === undefined
        ? ['id', 'kind'].includes(first ?? '') || holdOf(nodeIn(draft, target.node).kind, first ?? '') !== null
        : ['id', 'steps', 'then'].includes(first ?? '');
  if (first === undefined || isStructure || path.includes('__proto__'))
    refuse('malformed', `'${path.join('.')}' is no field that can be set.`);
}
export function checkJson(value: Json): void {
  let room = LONGEST_VALUE;
  const visit = (each: unknown, depth: number): void => {
    if (depth > DEEPEST_JSON) refuse('too-large', `The value has more than ${DEEPEST_JSON} levels of nesting.`);
    if (typeof each === 'string') {
      const problem = textProblem(each);
      if (problem !== null) refuse('malformed', `The text ${problem}.`);
      room -= each.length;
    } else if (typeof each === 'object' && each !== null) {
      for (const [key, inner] of Object.entries(each)) {
        const problem = textProblem(key);
        if (problem !== null || key === '__proto__') refuse('malformed', 'A field has a name that cannot be kept.');
        room -= key.length;
        visit(inner, depth + 1);
      }
    } else if (!(each === null || typeof each === 'boolean' || (typeof each === 'number' && Number.isFinite(each))))
      refuse('malformed', 'The value is not JSON.');
    room -= 1;
    if (room < 0) refuse('too-large', `A value has at most ${LONGEST_VALUE} characters.`);
  };
  visit(value, 0);
}
