/** A child flow: the type of the version that was the newest when its parent was published. */
import { flowEntryName, flowEntryOf } from '../../flow/catalogue';
import type { ChildNode } from '../../flow/nodes/child';
import type { CallEmitter } from './emitter';
import { expression, text } from './print';

export const child: CallEmitter<ChildNode> = {
  call(node, context, handlers) {
    const { id, title, flow, input, runId, waits, onParentClose, timeout } = node;
    const { catalogue, outputs, activities } = context;
    const entry = flowEntryOf(flow, catalogue);
    const fields = [
      `id: ${text(id)}`,
      `title: ${text(title)}`,
      `flow: ${text(flow)}`,
      // Without an entry nothing is published; the designer checks such a draft all the same.
      `workflow: ${text(entry?.flow.workflowType ?? '')}`,
      `effect: ${text(entry?.effect ?? 'none')}`,
      `input: ${activities.input(flowEntryName(flow), input).code}`,
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
