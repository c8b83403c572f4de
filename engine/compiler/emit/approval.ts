/** An approval, and the steps after a rejection if there are any. */
import { outputName } from '../../flow/names';
import { decisionsOf, type ApprovalNode } from '../../flow/nodes/approval';
import { allNodes } from '../../flow/tree';
import type { EmitContext, NodeEmitter } from './emitter';
import { expression, literal, template, text } from './print';

export const approval: NodeEmitter<ApprovalNode> = {
  call(node, context) {
    const { answers, outputs } = context;
    const named = node.decisions?.map(({ key, title, turnsBack, requireComment, form }) => {
      const given = [
        `key: ${text(key)}`,
        `title: ${text(title)}`,
        ...(turnsBack ? ['turnsBack: true'] : []),
        ...(requireComment === undefined ? [] : [`requireComment: ${requireComment}`]),
        ...(form ? [`form: ${answers.form(node.id, key, form)}`] : []),
      ];
      return `{ ${given.join(', ')} }`;
    });
    const fields = [
      `id: ${text(node.id)}`,
      `title: ${text(node.title)}`,
      `question: ${text(node.question)}`,
      ...(node.candidates.length > 0 ? [`candidates: ${literal(node.candidates)}`] : []),
      ...(node.candidatesFrom === undefined ? [] : [`candidatesFrom: ${expression(node.candidatesFrom)}`]),
      `data: ${template(node.data)}`,
      ...(node.schema ? [`schema: ${answers.shown(node.id, node.schema)}`] : []),
      `requireComment: ${text(node.requireComment)}`,
      ...(named ? [`decisions: [${named.join(',\n')}]`] : []),
      ...(node.howMany === undefined ? [] : [`howMany: ${literal(node.howMany)}`]),
      ...(node.forbidStarter ? ['forbidStarter: true'] : []),
      ...(node.notBy === undefined ? [] : [`notBy: ${expression(node.notBy)}`]),
      ...(node.notWhoDecided?.length ? [`notWhoDecided: ${literal(namedApprovals(node, context))}`] : []),
      ...(node.priority === undefined ? [] : [`priority: ${valueOf(node.priority)}`]),
      ...(node.due === undefined ? [] : [`due: ${valueOf(node.due)}`]),
      ...(node.remind === undefined ? [] : [`remind: ${literal(node.remind)}`]),
      ...(node.escalate?.length ? [`escalate: ${literal(node.escalate)}`] : []),
      ...(node.timeout ? [`timeout: ${text(node.timeout)}`] : []),
      ...(node.takeBack ? [`takeBack: ${text(node.takeBack)}`] : []),
      `onTimeout: ${text(node.onTimeout)}`,
      `onReject: ${text(node.onReject ? 'continue' : 'fail')}`,
    ];
    const isRead = node.onReject !== undefined || outputs.isRead(node);
    const hasOwnType = named !== undefined || node.howMany !== undefined;
    const typed = hasOwnType && isRead && !context.isDeclared(node) ? `<${outputs.payloadType(node)}>` : '';
    return `s.approval${typed}({ ${fields.join(',\n')} })`;
  },
  follow(node, context) {
    if (!node.onReject) return null;
    const taken = decisionsOf(node)
      .filter(({ turnsBack }) => turnsBack)
      .map(({ key }) => `${outputName(node.id)}.decision === ${text(key)}`);
    return `if (${taken.join(' || ')}) { ${context.steps(node.onReject)} }`;
  },
};

const valueOf = (value: string | { $expr: string }): string =>
  typeof value === 'string' ? text(value) : expression(value.$expr);

/** Ids of the approvals whose deciders may not decide this one. */
function namedApprovals({ notWhoDecided = [] }: ApprovalNode, { document }: EmitContext): string[] {
  const names = new Set(notWhoDecided.map(({ $expr }) => $expr.trim()));
  return allNodes(document.steps).flatMap(({ id }) => (names.has(outputName(id)) ? [id] : []));
}
