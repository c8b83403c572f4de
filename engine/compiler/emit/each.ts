/** A loop over a list: its steps are a function of the item, with the handlers of their failures beside it. */
import { expressionsIn, namesIn } from '../../flow/expression-names';
import type { EachNode } from '../../flow/nodes/each';
import { factsOf } from '../../flow/nodes/table';
import { allNodes } from '../../flow/tree';
import type { NodeEmitter } from './emitter';
import { expression, template, text } from './print';

export const each: NodeEmitter<EachNode> = {
  scope(node, handlers, context) {
    const { id, items, item, concurrency, onFailure, steps, result } = node;
    const options = [
      `id: ${text(id)}`,
      `items: ${expression(items)}`,
      ...(node.most === undefined ? [] : [`most: ${node.most}`]),
      `concurrency: ${concurrency}`,
      `onFailure: ${text(onFailure)}`,
      ...(context.continuing.includes(node) ? ['continuesAsNew: true'] : []),
    ];
    const parameters = readsItem(node) ? `s, ${item}` : steps.length === 0 ? '' : 's';
    const gives = result === undefined ? '' : `return ${template(result)};`;
    const body = `async (${parameters}) => { ${context.steps(steps)}\n${gives} }`;
    return `s.each({ ${options.join(', ')} }, ${body}${handlers === null ? '' : `, ${handlers}`})`;
  },
};

const readsItem = ({ steps, item, result }: EachNode): boolean =>
  [
    result,
    ...allNodes(steps).flatMap((node) =>
      factsOf(node)
        .templates(node)
        .map(({ value }) => value)
    ),
  ].some((value) => expressionsIn(value).some(({ expression: source }) => namesIn(source).has(item)));
