/** Rules of the linter about child flows: [L16] [L17] [L18] of lint.ts. */
import type { Diagnostic } from '../diagnostic';
import type { FlowDocument } from '../document';
import type { FlowNode } from '../nodes/table';
import type { PivotPlace } from '../pivots';

export function lintChild(node: FlowNode, { name }: FlowDocument, place: PivotPlace): Diagnostic[] {
  if (node.kind !== 'child') return [];
  const { id: nodeId, title, flow, waits, onParentClose } = node;
  const found: Diagnostic[] = [];
  const say = (code: string, path: string, message: string, fix: string) =>
    void found.push({ code: `lint/${code}`, severity: 'warning', nodeId, path: [path], message, fix });
  if (flow === name) {
    const message = `'${title}' runs this flow itself, in the version that is published now. Each version would run the one before it.`;
    say('calls-itself', 'flow', message, 'Choose another flow, or repeat the steps in a loop.');
  }
  if (waits === 'end' && place !== 'before') {
    const message = `'${title}' comes after the point of no return, but a child flow that fails is not run again, and then nothing before it is undone.`;
    say('child-after-pivot', 'flow', message, 'Move it before the point of no return, or handle its failure.');
  }
  if (waits === 'start' && onParentClose !== undefined && onParentClose !== 'leave') {
    const ends = onParentClose === 'stop' ? 'asked to stop' : 'closed at once, and undoes nothing,';
    const message = `The flow does not wait for '${title}', which is ${ends} when the flow ends, also when it ends well.`;
    say('child-ends-with-parent', 'onParentClose', message, 'Let it go on, or wait for its end.');
  }
  if (waits === 'end' && onParentClose === 'kill') {
    const message = `If a run of this flow is terminated, '${title}' is closed at once: nobody undoes what it has done until then.`;
    say('child-killed', 'onParentClose', message, 'Let it be asked to stop: then it undoes itself.');
  }
  return found;
}
