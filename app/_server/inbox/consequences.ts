/**
 * The consequences of each decision (a decision that goes on is like approving, one that turns back like rejecting), computed before anybody decides: the steps that would run next and
 * the undos that would run. A pure function of the flow and the run's ledger; it makes no promise about steps that
 * have not run yet.
 *
 * Rules
 * [IC1] Approving runs the steps after the approval, up to the point where the run waits, asks again, chooses or ends.
 * [IC2] Rejecting runs the approval's own steps for a rejection; without such steps the approval fails with type
 *      'Rejected'.
 * [IC3] If the approval itself handles that failure, the handler runs and nothing is undone, because an approval has
 *      no effects.
 * [IC4] Otherwise the flow unwinds: it undoes the effects that remain according to the ledger, if they have an undo;
 *      the other effects remain.
 */
import type { Consequence, TaskConsequences } from '@/app/_contract/inbox';
import type { ApprovalNode, FlowNode } from '@/engine/flow/document';
import { decisionsOf } from '@/engine/flow/nodes/approval';
import { factsOf } from '@/engine/flow/nodes/table';
import { nestedSteps } from '@/engine/flow/tree';
import type { FlowManifest } from '@/engine/flow/manifest';
import { isLeft } from '@/engine/run-view/ledger';
import type { Ledger } from '@/engine/run-view/model';
import { whatIf } from '@/engine/flow/what-if';

/** Null if the flow has no such approval. */
export function consequencesOf(manifest: FlowManifest, ledger: Ledger, nodeId: string): TaskConsequences | null {
  const path = find(manifest.document.steps, nodeId);
  const approval = path?.[0]?.node;
  if (!path || approval?.kind !== 'approval') return null;
  const after = path.map(({ rest, owner }) => ({ steps: rest, owner }));
  const ahead = goesOn(after);
  const back = rejected(manifest, ledger, approval, after);
  return {
    answers: Object.fromEntries(decisionsOf(approval).map(({ key, turnsBack }) => [key, turnsBack ? back : ahead])),
    onTimeout: approval.timeout ? approval.onTimeout : null,
  };
}

/** The rest of a sequence, and the node that contains it; the innermost sequence first. */
interface Stretch {
  steps: readonly FlowNode[];
  owner: FlowNode | null;
}

function rejected(
  manifest: FlowManifest,
  ledger: Ledger,
  approval: ApprovalNode,
  after: readonly Stretch[]
): Consequence {
  if (approval.onReject) return goesOn([{ steps: approval.onReject, owner: approval }, ...after]);
  const handler = approval.catch?.find(({ types }) => types.length === 0 || types.includes('Rejected'));
  if (handler) return goesOn([{ steps: handler.then, owner: approval }, ...after]);

  const fails = whatIf(manifest.document, approval.id, (node) => manifest.nodes[node.id]?.effect ?? 'none');
  const roles = fails?.nodes ?? {};
  const standing = ledger.entries.filter((entry) => isLeft(entry.state));
  const undone = standing
    .filter((entry) => entry.undoOrder !== null && roles[entry.nodeId]?.role === 'undone')
    .sort((a, b) => (a.undoOrder ?? 0) - (b.undoOrder ?? 0));
  const handled = Object.keys(roles).filter((id) => roles[id]?.role === 'handles');
  return {
    kind: handled.length > 0 ? 'goesOn' : undone.length > 0 ? 'unwinds' : 'fails',
    runs: handled.flatMap((id) => (manifest.nodes[id]?.kind === 'action' ? [manifest.nodes[id].title] : [])),
    then: null,
    undoes: undone.map(({ title, undoTitle }) => ({ step: title, undo: undoTitle ?? title })),
    stays: standing.filter((entry) => !undone.includes(entry)).map(({ title }) => title),
    certain: fails?.certain ?? false,
  };
}

/** [IC1] */
function goesOn(stretches: readonly Stretch[]): Consequence {
  const runs: string[] = [];
  const told = (then: string | null): Consequence => ({
    kind: 'goesOn',
    runs,
    then,
    undoes: [],
    stays: [],
    certain: true,
  });
  for (const { steps, owner } of stretches) {
    for (const node of steps) {
      const end = endAt(node, runs);
      if (end) return told(end);
    }
    const way = owner && factsOf(owner).runs;
    if (owner && way === 'all') return told(`Then it waits for the other branches of '${owner.title}'.`);
    if (owner && way === 'first') return told(`Then '${owner.title}' may go on without its other branches.`);
    if (owner && way === 'rounds') return told(`Then '${owner.title}' decides whether it runs again.`);
    if (owner && way === 'items') return told(`Then '${owner.title}' goes on with its other items.`);
  }
  return told('Then the run ends.');
}

/** Adds the steps that certainly run. Returns the sentence for the point after which nothing is certain. */
function endAt(node: FlowNode, runs: string[]): string | null {
  const { step, runs: branchesRun, branches, words } = factsOf(node);
  if (step(node)) runs.push(node.title);
  if (branchesRun === 'all')
    for (const branch of branches(node))
      for (const inner of branch.steps) if (factsOf(inner).step(inner)) runs.push(inner.title);
  if (branchesRun === 'once')
    for (const inner of branches(node).flatMap((branch) => branch.steps)) {
      const end = endAt(inner, runs);
      if (end) return end;
    }
  return words.ahead(node);
}

interface Place {
  node: FlowNode;
  rest: readonly FlowNode[];
  owner: FlowNode | null;
}
/** From the node outwards. */
function find(steps: readonly FlowNode[], id: string, owner: FlowNode | null = null): Place[] | null {
  for (const [index, node] of steps.entries()) {
    const place: Place = { node, rest: steps.slice(index + 1), owner };
    if (node.id === id) return [place];
    for (const inner of nestedSteps(node)) {
      const found = find(inner, id, node);
      if (found) return [...found, place];
    }
  }
  return null;
}
