/** A loop over a list: its steps are a function of the item, with the handlers of their failures beside it. */
import { expressionsIn, namesIn } from '../../flow/expression-names';
import type { EachNode } from '../../flow/nodes/each';
import { factsOf } from '../../flow/nodes/table';
import { allNodes } from '../../flow/tree';
import type { NodeEmitter } from './emitter';
import { expression, text } from './print';

export const each: NodeEmitter<EachNode> = {
  scope(node, handlers, context) {
    const { id, items, item, concurrency, onFailure, steps } = node;
    const options = [
      `id: ${text(id)}`,
      `items: ${expression(items)}`,
      `concurrency: ${concurrency}`,
      `onFailure: ${text(onFailure)}`,
    ];
    const parameters = steps.length === 0 ? '' : readsItem(node) ? `s, ${item}` : 's';
    const body = `async (${parameters}) => { ${context.steps(steps)} }`;
    return `s.each({ ${options.join(', ')} }, ${body}${handlers === null ? '' : `, ${handlers}`})`;
  },
};

const readsItem = ({ steps, item }: EachNode): boolean =>
  allNodes(steps)
    .flatMap((node) => factsOf(node).templates(node))
    .some(({ value }) => expressionsIn(value).some(({ expression: source }) => namesIn(source).has(item)));
