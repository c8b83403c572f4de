/** The end of the flow, with its output. */
import type { EndNode } from '../../flow/nodes/end';
import type { NodeEmitter } from './emitter';
import { template, text } from './print';

export const end: NodeEmitter<EndNode> = {
  statements({ id, output }, { outputType }) {
    if (output === undefined) return `return s.end(${text(id)});`;
    return `return s.end(${text(id)}, (${template(output)}) satisfies ${outputType});`;
  },
};
