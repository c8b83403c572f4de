/** Parallel branches: one function each, joined by the saga library. */
import type { ParallelNode } from '../../flow/nodes/parallel';
import type { NodeEmitter } from './emitter';
import { propertyName } from '../../flow/schema/type';
import { comment, text } from './print';

export const parallel: NodeEmitter<ParallelNode> = {
  statements(node, context) {
    const { outputs } = context;
    const declared = context.declare(node.branches.flatMap((branch) => outputs.readOutside(branch.steps)));
    const branches = node.branches.map(({ id, title, steps }) => {
      const parameter = steps.length > 0 ? 's' : '';
      return `${comment(title)}\n${propertyName(id)}: async (${parameter}) => { ${context.steps(steps)} }`;
    });
    return `${declared}await s.parallel({ id: ${text(node.id)}, unwind: ${text(node.unwind)} }, { ${branches.join(',\n')} });`;
  },
};
