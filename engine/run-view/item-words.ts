/** Names the item or the round in which a step of a loop runs. */
import type { FlowManifest } from '../flow/manifest';
import type { FlowNode } from '../flow/document';
import { factsOf } from '../flow/nodes/table';
import { isLoop, nestedSteps } from '../flow/tree';
import { parseActivityId } from './activity-id';

type LoopWord = 'item' | 'round';
const found = new WeakMap<FlowManifest, ReadonlyMap<string, readonly LoopWord[]>>();

/** ' (item 3)' or ' (round 3)' for a step in a loop, ' (item 2, round 3)' in loops of both kinds, '' outside loops. */
export function itemWords(activityId: string, manifest: FlowManifest): string {
  const parsed = parseActivityId(activityId);
  if (!parsed || parsed.path.length === 0) return '';
  const loops = loopsAround(manifest).get(parsed.nodeId) ?? [];
  const words = parsed.path.map((_, index) => loops[index] ?? 'item');
  const isOneKind = words.every((word) => word === words[0]);
  const numbers = isOneKind
    ? `${words[0]} ${parsed.path.join('.')}`
    : parsed.path.map((number, index) => `${words[index]} ${number}`).join(', ');
  return ` (${numbers})`;
}

/** The loops around each node, the outermost first. */
function loopsAround(manifest: FlowManifest): ReadonlyMap<string, readonly LoopWord[]> {
  const known = found.get(manifest);
  if (known) return known;
  const around = new Map<string, readonly LoopWord[]>();
  const walk = (steps: readonly FlowNode[], loops: readonly LoopWord[]) => {
    for (const node of steps) {
      around.set(node.id, loops);
      const own: LoopWord[] = isLoop(node) ? [factsOf(node).runs === 'rounds' ? 'round' : 'item'] : [];
      for (const inner of nestedSteps(node)) walk(inner, [...loops, ...own]);
    }
  };
  walk(manifest.document.steps, []);
  found.set(manifest, around);
  return around;
}
