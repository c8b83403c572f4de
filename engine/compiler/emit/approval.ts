/** An approval, and the steps after a rejection if there are any. */
import { outputName } from '../../flow/names';
import type { ApprovalNode } from '../../flow/nodes/approval';
import type { NodeEmitter } from './emitter';
import { literal, template, text } from './print';

export const approval: NodeEmitter<ApprovalNode> = {
  call(node, { answers }) {
    const fields = [
      `id: ${text(node.id)}`,
      `title: ${text(node.title)}`,
      `question: ${text(node.question)}`,
      ...(node.candidates.length > 0 ? [`candidates: ${literal(node.candidates)}`] : []),
      `data: ${template(node.data)}`,
      ...(node.schema ? [`schema: ${answers.shown(node.id, node.schema)}`] : []),
      `requireComment: ${text(node.requireComment)}`,
      ...(node.forbidStarter ? ['forbidStarter: true'] : []),
      ...(node.timeout ? [`timeout: ${text(node.timeout)}`] : []),
      `onTimeout: ${text(node.onTimeout)}`,
      `onReject: ${text(node.onReject ? 'continue' : 'fail')}`,
    ];
    return `s.approval({ ${fields.join(',\n')} })`;
  },
  follow({ id, onReject }, context) {
    return onReject ? `if (${outputName(id)}.decision === 'reject') { ${context.steps(onReject)} }` : null;
  },
};
