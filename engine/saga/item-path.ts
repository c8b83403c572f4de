/**
 * Steps inside loops run once for each item. The id of such a run of a step is `<node id>~<i>[.<j>…]` (design D7): the
 * numbers of the items, from 1, the outermost loop first. Outside loops it is the id of the node.
 */
export type ItemPath = readonly number[];

export const stepIdOf = (nodeId: string, path: ItemPath): string =>
  path.length === 0 ? nodeId : `${nodeId}~${path.join('.')}`;

/** Of an effect that a child handed over (handed.ts): the node of the child. */
export const nodeIdOf = (stepId: string): string => stepId.split(/[~/]/, 1)[0] ?? stepId;
