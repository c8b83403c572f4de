/** A child flow: the type of the version that was the newest when its parent was published. */
import { flowEntryOf } from '../../flow/catalogue';
import type { ChildNode } from '../../flow/nodes/child';
import type { CallEmitter } from './emitter';
import { expression, text } from './print';

export const child: CallEmitter<ChildNode> = {
  call(node, context, handlers) {
    const { id, title, flow, input, runId, waits, onParentClose, timeout } = node;
    const { catalogue, outputs, activities } = context;
    const entry = flowEntryOf(flow, catalogue);
    if (!entry) throw new Error(`there is no published flow '${flow}'`);
    const fields = [
      `id: ${text(id)}`,
      `title: ${text(title)}`,
      `flow: ${text(flow)}`,
      `workflow: ${text(entry.flow.workflowType)}`,
      `effect: ${text(entry.effect)}`,
      `input: ${activities.input(entry.name, input).code}`,
      ...(runId === undefined ? [] : [`workflowId: ${expression(runId)}`]),
      ...(onParentClose === undefined ? [] : [`onParentClose: ${text(onParentClose)}`]),
      ...(timeout === undefined ? [] : [`timeout: ${text(timeout)}`]),
    ];
    const isTyped = waits === 'end' && outputs.isRead(node) && !context.isDeclared(node);
    const called = waits === 'start' ? 's.startChild' : `s.child${isTyped ? `<${outputs.payloadType(node)}>` : ''}`;
    return `${called}({ ${fields.join(',\n')} }${handlers === undefined ? '' : `, ${handlers()}`})`;
  },
  takesHandlers: true,
  follow: () => null,
};
