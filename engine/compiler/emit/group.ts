/** A group: its steps are one function, with the handlers of their failures beside it. */
import type { GroupNode } from '../../flow/nodes/group';
import type { NodeEmitter } from './emitter';
import { text } from './print';

export const group: NodeEmitter<GroupNode> = {
  scope({ id, steps }, handlers, context) {
    const parameter = steps.length > 0 ? 's' : '';
    const body = `async (${parameter}) => { ${context.steps(steps)} }`;
    return `s.group(${text(id)}, ${body}${handlers === null ? '' : `, ${handlers}`})`;
  },
};
