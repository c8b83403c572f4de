/** Names the item or the round in which a step of a loop runs. */
import type { FlowManifest } from '../flow/manifest';
import type { FlowNode } from '../flow/document';
import { factsOf } from '../flow/nodes/table';
import { isLoop, nestedSteps } from '../flow/tree';
import { parseActivityId } from './activity-id';

export type LoopWord = 'item' | 'round';
const found = new WeakMap<FlowManifest, ReadonlyMap<string, readonly LoopWord[]>>();

/** ' (item 3)' or ' (round 3)' for a step in a loop, ' (item 2, round 3)' in loops of both kinds, '' outside loops. */
export function itemWords(activityId: string, manifest: FlowManifest): string {
  const parsed = parseActivityId(activityId);
  return parsed ? wordsOfItem(parsed.nodeId, parsed.path, manifest) : '';
}

/** The same words, by the path of the item. */
export function wordsOfItem(nodeId: string, path: readonly number[], manifest: FlowManifest): string {
  if (path.length === 0) return '';
  const loops = loopsAround(manifest).get(nodeId) ?? [];
  const words = path.map((_, index) => loops[index] ?? 'item');
  const isOneKind = words.every((word) => word === words[0]);
  const numbers = isOneKind
    ? `${words[0]} ${path.join('.')}`
    : path.map((number, index) => `${words[index]} ${number}`).join(', ');
  return ` (${numbers})`;
}

/** What one run of a step in a loop is called; the innermost loop counts. */
export const loopWordOf = (nodeId: string, manifest: FlowManifest): LoopWord =>
  loopsAround(manifest).get(nodeId)?.at(-1) ?? 'item';

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
