/** The sequences inside a node, each with the key that layout, projection and screens use for it. */
import type { FlowNode } from './nodes/table';
import type { Path } from './report';
import { factsOf } from './nodes/table';
import { catchesOf } from './tree';

export interface InnerSequence {
  /** `<node id>/<key of the branch>`, or `<node id>/<id>` for the handler of a failure. */
  key: string;
  /** The node that contains it. */
  owner: string;
  /** The id that the workflow reports; null for an implicit branch and for a handler. */
  id: string | null;
  /** Null for the direct connection past a side branch. */
  title: string | null;
  role: 'branch' | 'catch';
  /** The field of the node that contains it; null for a branch that is not in the document. */
  path: Path | null;
  steps: readonly FlowNode[];
}

/** All nodes without branches share it, so nobody may add to it. */
const NONE = Object.freeze([]) as unknown as InnerSequence[];

/** In the order of the drawing: first the branches, then the handlers. */
export function sequencesIn(node: FlowNode): InnerSequence[] {
  const own = factsOf(node).branches(node);
  const caught = catchesOf(node);
  if (own.length === 0 && caught.length === 0) return NONE;
  const branches = own.map(({ key, id, title, steps, path }): InnerSequence => ({
    key: `${node.id}/${key}`,
    owner: node.id,
    id,
    title,
    role: 'branch',
    path,
    steps,
  }));
  const handlers = caught.map(({ id, types, then }, index): InnerSequence => ({
    key: `${node.id}/${id}`,
    owner: node.id,
    id: null,
    title: types.length === 0 ? 'On any failure' : `On ${types.join(', ')}`,
    role: 'catch',
    path: ['catch', index],
    steps: then,
  }));
  return [...branches, ...handlers];
}
