/** A step with its retries, its undo, its policy for an unknown outcome, and its pivot. */
import { outputName } from '../../flow/names';
import { expressionsIn, namesIn } from '../../flow/expression-names';
import type { ActionNode } from '../../flow/nodes/action';
import { effectOf, lateCallsOf } from '../../flow/nodes/step';
import type { CallEmitter, EmitContext } from './emitter';
import type { Outputs } from './outputs';
import { objectText, text } from './print';

export const action: CallEmitter<ActionNode> = { call, takesHandlers: true, follow: () => null };

function call(node: ActionNode, context: EmitContext, handlers?: () => string): string {
  const { document, catalogue, outputs, activities, answers, options, pivots } = context;
  const { undo, unknown } = node;
  const fields = [
    `id: ${text(node.id)}`,
    `title: ${text(node.title)}`,
    `activity: ${text(node.activity)}`,
    `effect: ${text(effectOf(node, catalogue))}`,
    `input: ${activities.inputOrFunction(node.activity, node.input)}`,
    `options: ${options.of(node.activity, node.options, pivots.get(node.id))}`,
  ];
  const answer = answers.of(node);
  if (answer !== null) fields.push(`output: ${answer}`);
  const readsOwn = undo !== undefined && readsOutput(node, undo.input);
  if (undo) {
    const input = activities.input(undo.activity, undo.input);
    const data = objectText([
      ['title', text(undo.title)],
      ['activity', text(undo.activity)],
      ['input', input.code],
      ['options', options.of(undo.activity, undo.options)],
      ...(undo.onFailure && undo.onFailure !== document.rollback.onFailure
        ? [['onFailure', text(undo.onFailure)] as const]
        : []),
    ]);
    const parameters = [
      ...(readsOwn ? [`${outputName(node.id)}: ${ownType(node, outputs)}`] : input.readsCall ? ['_output'] : []),
      ...(input.readsCall ? [activities.call] : []),
    ];
    fields.push(`undo: (${parameters.join(', ')}) => (${data})`);
    if (undo.armed === 'attempted') fields.push(`armed: ${text(undo.armed)}`);
  }
  if (unknown?.policy === 'check') {
    const check = objectText([
      ['policy', text('check')],
      ['activity', text(unknown.activity)],
      ['input', activities.inputOrFunction(unknown.activity, unknown.input)],
      ['options', options.of(unknown.activity, unknown.options)],
    ]);
    fields.push(`unknown: ${check}`);
  } else if (unknown) fields.push(`unknown: { policy: ${text(unknown.policy)} }`);
  const effect = effectOf(node, catalogue);
  const late = lateCallsOf(node, catalogue);
  if (effect !== 'none' && late.lateCalls === 'refused') fields.push(`lateCalls: ${text('refused')}`);
  if (effect !== 'none' && late.settlesWithinMs !== undefined) fields.push(`settlesWithinMs: ${late.settlesWithinMs}`);
  if (node.pivot) fields.push('pivot: true');
  const isTyped = readsOwn || (outputs.isRead(node) && !context.isDeclared(node));
  const typed = isTyped ? `<${outputs.payloadType(node)}>` : '';
  return `s.step${typed}({ ${fields.join(',\n')} }${handlers === undefined ? '' : `, ${handlers()}`})`;
}

const readsOutput = (node: ActionNode, value: unknown): boolean =>
  expressionsIn(value).some(({ expression }) => namesIn(expression).has(outputName(node.id)));

/**
 * Only an undo that may be armed by the attempt can be called without an output; the linter has checked that it works
 * without one.
 */
function ownType(node: ActionNode, outputs: Outputs): string {
  const mayLack = node.undo?.armed === 'attempted' || node.unknown?.policy === 'undo';
  return `${outputs.payloadType(node)}${mayLack ? ' | undefined' : ''}`;
}
