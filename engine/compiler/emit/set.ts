/** Assignments to the flow's variables. */
import type { SetNode } from '../../flow/nodes/set';
import type { NodeEmitter } from './emitter';
import { text } from './print';

export const set: NodeEmitter<SetNode> = {
  statements(node, { variables }) {
    const sets = Object.entries(node.values).map(
      ([name, value]) => `${name} = ${variables.valueSetBy(node, name, value)};`
    );
    return `${sets.join('\n')}\ns.passed(${text(node.id)});`;
  },
};
