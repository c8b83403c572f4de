/** Policies of approvals that say more than they do. */
import type { Diagnostic } from '../diagnostic';
import type { FlowDocument } from '../document';
import { expressionsIn, namesIn } from '../expression-names';
import { outputName } from '../names';
import { factsOf } from '../nodes/table';
import { flowTemplatesOf } from '../templates';
import { allNodes } from '../tree';

/** [L19] */
export function lintApprovals(document: FlowDocument): Diagnostic[] {
  const nodes = allNodes(document.steps);
  const approvals = nodes.filter((node) => node.kind === 'approval');
  if (approvals.every(({ decisions }) => decisions === undefined)) return [];
  const templates = [...nodes.flatMap((node) => factsOf(node).templates(node)), ...flowTemplatesOf(document)];
  const read = new Set(
    templates.flatMap(({ value }) => expressionsIn(value).flatMap(({ expression }) => [...namesIn(expression)]))
  );
  return approvals.flatMap(({ id, decisions = [] }): Diagnostic[] => {
    const ahead = decisions.filter(({ turnsBack }) => !turnsBack);
    if (ahead.length < 2 || read.has(outputName(id))) return [];
    const titles = ahead.map(({ title }) => `'${title}'`).join(' and ');
    return [
      {
        code: 'lint/decision-unread',
        severity: 'warning',
        nodeId: id,
        path: ['decisions'],
        message: `Nothing in the flow reads which decision was taken, so ${titles} do the same.`,
        fix: `Read ${outputName(id)}.decision in a choice, or remove one of them.`,
      },
    ];
  });
}
