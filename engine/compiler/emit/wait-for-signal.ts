/** A wait for a signal, and the steps after a timeout if there are any. */
import { outputName } from '../../flow/names';
import type { WaitForSignalNode } from '../../flow/nodes/wait-for-signal';
import type { NodeEmitter } from './emitter';
import { expression, text } from './print';

export const waitForSignal: NodeEmitter<WaitForSignalNode> = {
  call(node, { outputs }) {
    const timeout = node.timeout ? `, timeout: ${text(node.timeout)}` : '';
    const onTimeout = node.onTimeout ? `, onTimeout: 'continue'` : '';
    const when = node.when === undefined ? '' : `, when: (argument) => ${expression(node.when)}`;
    const isTyped = outputs.isRead(node) || node.when !== undefined;
    const typed = isTyped ? `<${outputs.payloadType(node)}>` : '';
    const fields = `id: ${text(node.id)}, signal: ${text(node.signal)}${when}${timeout}${onTimeout}`;
    return `s.waitForSignal${typed}({ ${fields} })`;
  },
  follow({ id, onTimeout }, context) {
    return onTimeout ? `if (${outputName(id)} === null) { ${context.steps(onTimeout)} }` : null;
  },
};
