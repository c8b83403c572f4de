/** A failure that the flow itself throws. */
import type { FailNode } from '../../flow/nodes/fail';
import type { NodeEmitter } from './emitter';
import { template, text } from './print';

export const fail: NodeEmitter<FailNode> = {
  statements: ({ id, errorType, message }) => `return s.fail(${text(id)}, ${text(errorType)}, ${template(message)});`,
};
