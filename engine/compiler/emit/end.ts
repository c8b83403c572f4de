/** The end of the flow, with its output. */
import type { EndNode } from '../../flow/nodes/end';
import type { NodeEmitter } from './emitter';
import { template, text } from './print';

export const end: NodeEmitter<EndNode> = {
  statements: ({ id, output }) => `return s.end(${text(id)}${output === undefined ? '' : `, ${template(output)}`});`,
};
