/** Is the undo of a step made from what the step answered? Then who has a step of unknown outcome undone must say what that was. */
import { outputName } from '../flow/document';
import { expressionsIn, namesIn } from '../flow/expression-names';
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';

export function undoReadsOutput({ document }: FlowManifest, nodeId: string): boolean {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  if (node?.kind !== 'action' || !node.undo || node.undo.armed === 'attempted') return false;
  return expressionsIn(node.undo.input).some(({ expression }) => namesIn(expression).has(outputName(nodeId)));
}
