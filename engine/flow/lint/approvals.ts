/** Policies of approvals that say more than they do. */
import type { Diagnostic } from '../diagnostic';
import type { FlowDocument } from '../document';
import { expressionsIn, namesIn } from '../expression-names';
import { outputName } from '../names';
import { factsOf } from '../nodes/table';
import { flowTemplatesOf } from '../templates';
import { allNodes } from '../tree';

/** [L19] [L20] */
export function lintApprovals(document: FlowDocument): Diagnostic[] {
  const nodes = allNodes(document.steps);
  const approvals = nodes.filter((node) => node.kind === 'approval');
  if (approvals.every(({ decisions, howMany }) => decisions === undefined && howMany === undefined)) return [];
  const templates = [...nodes.flatMap((node) => factsOf(node).templates(node)), ...flowTemplatesOf(document)];
  const read = new Set(
    templates.flatMap(({ value }) => expressionsIn(value).flatMap(({ expression }) => [...namesIn(expression)]))
  );
  const alone = approvals.flatMap(({ id, candidates, howMany }): Diagnostic[] => {
    const asksOne = howMany === 1 || (typeof howMany === 'string' && candidates.length === 1);
    if (!asksOne) return [];
    const message = 'One person decides, as without this choice.';
    const fix = 'Name more candidates, or let anybody of them decide alone.';
    return [{ code: 'lint/one-decides', severity: 'warning', nodeId: id, path: ['howMany'], message, fix }];
  });
  const unread = approvals.flatMap(({ id, decisions = [] }): Diagnostic[] => {
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
  return [...alone, ...unread];
}
