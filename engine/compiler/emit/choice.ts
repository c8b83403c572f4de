/** A choice: a chain of `if` and `else`, in which each branch reports that it was taken. */
import type { ChoiceNode } from '../../flow/nodes/choice';
import { alwaysEnds } from '../../flow/tree';
import type { NodeEmitter } from './emitter';
import { comment, expression, text, titled } from './print';

export const choice: NodeEmitter<ChoiceNode> = {
  statements({ id, branches, otherwise }, context) {
    const ids = branches.map((branch) => text(branch.id));
    const took = (own: string) => {
      const others = ids.filter((each) => each !== own);
      return `s.took(${text(id)}, ${own}${others.length === 0 ? '' : `, [${others.join(', ')}]`});`;
    };
    const chain = branches.map(
      (branch) =>
        `if ${expression(branch.when)} {\n${titled(branch.title, branch.id)}${took(text(branch.id))}\n${context.steps(branch.steps)} }`
    );
    const rest = [...(otherwise ? [comment(otherwise.title)] : []), took('null')].join('\n');
    // If every other way has ended, there is nothing to be an alternative to.
    if (!otherwise?.steps.length && branches.every((branch) => alwaysEnds(branch.steps)))
      return `${chain.join(' else ')}\n${rest}`;
    return `${chain.join(' else ')} else {\n${rest}\n${context.steps(otherwise?.steps ?? [])} }`;
  },
};
