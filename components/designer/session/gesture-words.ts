/** What a person did, in words: 'Add Refund', 'Change the address of Charge payment'. */
import { findNode, type Draft, type DraftNode } from '@/engine/flow/edit/draft';
import type { Operation, Target } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';

/** `before`: the draft to which the operations were applied. */
export function gestureWords(operations: readonly Operation[], before: Draft): string {
  const all = operations.filter(({ op }) => op !== 'rename');
  const is = <Op extends Operation['op']>(op: Op) =>
    all.filter((each): each is Operation & { op: Op } => each.op === op);
  const [inserts, removes, moves, sets] = [is('insert'), is('remove'), is('move'), is('set')];
  const title = (id: string) => {
    const node = findNode(before, id);
    return node ? titleOf(node) : id;
  };
  const steps = (count: number, one: string) => (count === 1 ? one : `${count} steps`);

  if (inserts.length === 1 && moves.length > 0)
    return `Put ${steps(moves.length, title(moves[0]!.id))} into ${titleOf(inserts[0]!.node)}`;
  if (removes.length === 1 && moves.length > 0) return `Take the steps out of ${titleOf(removes[0]!.was)}`;
  const [first] = inserts;
  if (inserts.length === 1 && removes.length > 0 && first!.node.kind === 'child')
    return `Extract ${titleOf(first!.node)} as a child flow`;
  if (inserts.length > 0 && removes.length > 0) return `Replace ${titleOf(removes[0]!.was)}`;
  if (inserts.length > 0) return `Add ${steps(inserts.length, titleOf(inserts[0]!.node as DraftNode))}`;
  if (removes.length > 0) return `Delete ${steps(removes.length, titleOf(removes[0]!.was))}`;
  if (moves.length > 0) return `Move ${steps(moves.length, title(moves[0]!.id))}`;
  const branch = all.find(({ op }) => op === 'addBranch' || op === 'removeBranch' || op === 'moveBranch');
  if (branch && 'parent' in branch) {
    const verb = branch.op === 'addBranch' ? 'Add' : branch.op === 'removeBranch' ? 'Delete' : 'Move';
    const isCatch = branch.op === 'addBranch' ? branch.branch.at === 'catch' : branch.id.startsWith('catch');
    const to = branch.op === 'moveBranch' && branch.to !== undefined ? ` to ${title(branch.to)}` : '';
    return `${verb} ${isCatch ? 'a failure handler' : 'a branch'} of ${title(branch.parent)}${to}`;
  }
  if (sets.length > 0) return setWords(sets, title);
  const [rename] = operations;
  return rename?.op === 'rename' ? `Change the id of ${title(rename.id)}` : 'Change the flow';
}

function setWords(sets: readonly (Operation & { op: 'set' })[], title: (id: string) => string): string {
  const { target, path } = sets[0]!;
  const [field] = path;
  const isWhole = path.length === 1;
  if (field === 'undo' && isWhole) {
    const [{ value, was }] = sets as [Operation & { op: 'set' }];
    if (was === undefined) return `Add an undo to ${whose(target, title)}`;
    if (value === undefined) return `Delete the undo of ${whose(target, title)}`;
  }
  const fields = new Set(sets.map((each) => each.path[0]));
  const nodes = new Set(sets.map((each) => each.target.node));
  const of = nodes.size > 1 ? `${nodes.size} steps` : whose(target, title);
  if (fields.size > 1) return `Change ${of}`;
  return `Change the ${fieldWords(path)} of ${of}`;
}

/** Fields that the form calls by another name; what is inside of them is not named. */
const CALLED: ReadonlyMap<string, string> = new Map([
  ['options', 'retries and timeouts'],
  ['unknown', 'policy for an unknown outcome'],
  ['activity', 'operation'],
  ['when', 'condition'],
]);
function fieldWords(path: readonly string[]): string {
  const named = path.slice(0, 2);
  const last = named.findIndex((name) => CALLED.has(name));
  return (last < 0 ? named : named.slice(0, last + 1)).map((name) => CALLED.get(name) ?? spelled(name)).join(' ');
}

const whose = (target: Target, title: (id: string) => string) =>
  target.node === null ? 'the flow' : title(target.node);
/** `onFailure` → 'on failure' */
const spelled = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
