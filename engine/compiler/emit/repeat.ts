/**
 * A loop with a condition: its steps are a function that says whether it is over, with the handlers of their failures
 * beside it.
 */
import type { RepeatNode } from '../../flow/nodes/repeat';
import type { NodeEmitter } from './emitter';
import { expression, text } from './print';

export const repeat: NodeEmitter<RepeatNode> = {
  scope(node, handlers, context) {
    const { id, while: goesOn, until, most, steps } = node;
    const options = [
      `id: ${text(id)}`,
      `most: ${most}`,
      ...(goesOn === undefined ? [] : [`while: () => ${expression(goesOn)}`]),
      ...(context.continuing.includes(node) ? ['continuesAsNew: true'] : []),
    ];
    const isOver = until === undefined ? '' : `return ${expression(until)};`;
    const body = `async (${steps.length > 0 ? 's' : ''}) => { ${context.steps(steps)}\n${isOver} }`;
    return `s.repeat({ ${options.join(', ')} }, ${body}${handlers === null ? '' : `, ${handlers}`})`;
  },
};
