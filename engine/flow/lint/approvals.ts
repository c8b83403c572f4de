/** Policies of approvals that say more than they do. */
import type { Diagnostic } from '../diagnostic';
import type { FlowDocument } from '../document';
import { durationMs } from '../duration';
import { expressionsIn, namesIn } from '../expression-names';
import { outputName } from '../names';
import type { ApprovalNode } from '../nodes/approval';
import { factsOf } from '../nodes/table';
import type { Path } from '../report';
import { flowTemplatesOf } from '../templates';
import { allNodes } from '../tree';

/** [L19] [L20] [L21] [L22] [L23] */
export function lintApprovals(document: FlowDocument): Diagnostic[] {
  const nodes = allNodes(document.steps);
  const approvals = nodes.filter((node) => node.kind === 'approval');
  const escalations = approvals.flatMap((node) => [...lintTimesOf(node), ...lintAsked(node)]);
  if (approvals.every(({ decisions, howMany }) => decisions === undefined && howMany === undefined)) return escalations;
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
  return [...alone, ...unread, ...approvals.flatMap(lintStarter), ...escalations];
}

/** [L23] */
function lintStarter({ id, candidates, candidatesFrom, howMany, forbidStarter }: ApprovalNode): Diagnostic[] {
  const arePeople = candidates.length > 0 && candidates.every((name) => name.includes('@'));
  if (howMany === undefined || !forbidStarter || candidatesFrom !== undefined || !arePeople) return [];
  const needed = typeof howMany === 'number' ? howMany : candidates.length;
  if (candidates.length > needed) return [];
  const message = `All ${candidates.length} must decide. If one of them starts the run, they may not, and it waits until an operator asks somebody else.`;
  const fix =
    typeof howMany === 'number' ? 'Name one more, or ask for one less.' : 'Name a group, so that others can decide too.';
  return [{ code: 'lint/too-few-left', severity: 'warning', nodeId: id, path: ['howMany'], message, fix }];
}

/** [L21] */
function lintTimesOf({ id, timeout, due, remind, escalate = [] }: ApprovalNode): Diagnostic[] {
  const warn = (code: string, path: Path, message: string, fix: string): Diagnostic => {
    return { code: `lint/${code}`, severity: 'warning', nodeId: id, path, message, fix };
  };
  const endMs = timeout === undefined ? Infinity : durationMs(timeout);
  const late = escalate.flatMap(({ after }, index) => {
    if (durationMs(after) < endMs) return [];
    const message = `The time to decide is over after ${timeout}, so nobody is asked after ${after}.`;
    return [warn('escalation-too-late', ['escalate', index, 'after'], message, `Set it to less than ${timeout}.`)];
  });
  const dueMs = typeof due === 'string' ? durationMs(due) : Infinity;
  const early = (remind?.before ?? []).flatMap((before, index) => {
    if (durationMs(before) < dueMs) return [];
    const message = `It is due ${String(due)} after it was asked, so nobody is reminded ${before} before that.`;
    return [warn('reminder-too-early', ['remind', 'before', index], message, `Set it to less than ${String(due)}.`)];
  });
  const { every } = remind ?? {};
  const firstMs = every === undefined ? 0 : durationMs(every) + (due === undefined ? 0 : dueMs);
  const never = every !== undefined && Number.isFinite(firstMs) && firstMs >= endMs;
  const message = `The time to decide is over after ${timeout}, before the first of these reminders.`;
  return [
    ...late,
    ...early,
    ...(never ? [warn('reminder-too-late', ['remind', 'every'], message, 'Remind earlier, or allow more time.')] : []),
  ];
}

/** [L22] */
function lintAsked({ id, candidates, candidatesFrom, escalate = [] }: ApprovalNode): Diagnostic[] {
  let asked = new Set(candidates);
  const isForAll = candidates.length === 0 && candidatesFrom === undefined;
  return escalate.flatMap(({ to, instead }, index): Diagnostic[] => {
    const asksAll = isForAll && index === 0 && !instead;
    const isKnown = asksAll || to.every((name) => asked.has(name));
    asked = instead ? new Set(to) : new Set([...asked, ...to]);
    if (!isKnown || (instead && !isForAll)) return [];
    const path = ['escalate', index, 'to'];
    const message = asksAll
      ? 'Everybody is asked from the beginning; after this only these are.'
      : `${to.join(', ')} ${to.length === 1 ? 'is' : 'are'} asked already.`;
    const fix = 'Ask somebody else.';
    return [{ code: 'lint/escalation-asks-same', severity: 'warning', nodeId: id, path, message, fix }];
  });
}
