/**
 * True if the undo of a step reads the step's output. A person who undoes a step of unknown outcome must then enter
 * that output.
 */
import { outputName } from '../flow/document';
import { expressionsIn, namesIn } from '../flow/expression-names';
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';

export function undoReadsOutput({ document }: FlowManifest, nodeId: string): boolean {
  const node = allNodes(document.steps).find(({ id }) => id === nodeId);
  if (node?.kind !== 'action' || !node.undo || node.undo.armed === 'attempted') return false;
  return expressionsIn(node.undo.input).some(({ expression }) => namesIn(expression).has(outputName(nodeId)));
}
