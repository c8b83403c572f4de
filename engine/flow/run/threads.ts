/** Which threads of the drawing a run has gone along, forward and back. */
import type { FlowLayout } from '../layout';
import { stands } from './ledger';
import type { BranchState, Ledger, NodeState, NodeView } from './model';

export interface ThreadsGone {
  /** Ids of forward and catch threads. */
  forward: Set<string>;
  /** Keys of branches whose back thread is in use; null is the outermost sequence. */
  back: Set<string | null>;
}
const NOT_ENTERED: ReadonlySet<NodeState> = new Set(['notYet', 'notTaken']);
const PASSED: ReadonlySet<NodeState> = new Set(['done', 'undone', 'unwinding', 'undoFailed']);

export function threadsGone(
  layout: FlowLayout,
  nodes: Record<string, NodeView>,
  branches: Record<string, BranchState>,
  ledger: Ledger | null
): ThreadsGone {
  const entered = (id: string) => !NOT_ENTERED.has(nodes[id]?.state ?? 'notYet');
  const passed = (id: string) => PASSED.has(nodes[id]?.state ?? 'notYet') && !nodes[id]?.failure;
  const forward = new Set<string>();
  for (const thread of layout.threads) {
    if (thread.kind === 'back') continue;
    if (thread.branch !== null && branches[thread.branch] === 'notTaken') continue;
    const place = layout.branches.find((each) => each.key === thread.branch);
    const within = thread.branch === null || branches[thread.branch] === 'taken';
    const out =
      thread.from === null || (place?.nodes.length === 0 && place.owner === thread.from ? within : passed(thread.from));
    if (thread.to === null ? within && out : entered(thread.to)) forward.add(thread.id);
  }
  const back = new Set<string | null>();
  const owners = new Map(layout.branches.flatMap((place) => place.nodes.map((id) => [id, place] as const)));
  for (const entry of ledger?.entries ?? []) {
    if (entry.state === 'notArmed' || entry.state === 'standing' || (entry.state === 'mayStand' && stands(entry.state)))
      continue;
    for (let place = owners.get(entry.nodeId); ; place = place && owners.get(place.owner)) {
      back.add(place?.key ?? null);
      if (!place) break;
    }
  }
  return { forward, back };
}
