/** Parallel branches: one function each, joined by the saga library. */
import type { ParallelNode } from '../../flow/nodes/parallel';
import type { EmitContext, NodeEmitter } from './emitter';
import { propertyName } from '../../flow/schema/type';
import { text, titled } from './print';

export const parallel: NodeEmitter<ParallelNode> = {
  statements(node, context) {
    const { outputs } = context;
    const declared = context.declare(node.branches.flatMap((branch) => outputs.readOutside(branch.steps)));
    const unwind = node.unwind === 'reverse' ? '' : `, unwind: ${text(node.unwind)}`;
    const options = `{ id: ${text(node.id)}${unwind} }`;
    return `${declared}await s.parallel(${options}, ${branchFunctions(node.branches, context)});`;
  },
};

/** An object with a function for each branch. */
export function branchFunctions(branches: ParallelNode['branches'], context: EmitContext): string {
  const functions = branches.map(({ id, title, steps }) => {
    const parameter = steps.length > 0 ? 's' : '';
    return `${titled(title, id)}${propertyName(id)}: async (${parameter}) => { ${context.steps(steps)} }`;
  });
  return `{ ${functions.join(',\n')} }`;
}
