/** A choice: a chain of `if` and `else`, in which each branch reports that it was taken. */
import type { ChoiceNode } from '../../flow/nodes/choice';
import type { NodeEmitter } from './emitter';
import { comment, expression, text } from './print';

export const choice: NodeEmitter<ChoiceNode> = {
  statements({ id, branches, otherwise }, context) {
    const ids = branches.map((branch) => text(branch.id));
    const took = (own: string) => {
      const others = ids.filter((each) => each !== own);
      return `s.took(${text(id)}, ${own}${others.length === 0 ? '' : `, [${others.join(', ')}]`});`;
    };
    const chain = branches.map(
      (branch) =>
        `if ${expression(branch.when)} {\n${comment(branch.title)}\n${took(text(branch.id))}\n${context.steps(branch.steps)} }`
    );
    const title = otherwise ? `${comment(otherwise.title)}\n` : '';
    return `${chain.join(' else ')} else {\n${title}${took('null')}\n${context.steps(otherwise?.steps ?? [])} }`;
  },
};
