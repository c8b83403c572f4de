/** Handlers of failures that never run, and branches that no run can take. */
import type { Diagnostic } from '../diagnostic';
import { factsOf, type FlowNode } from '../nodes/table';
import { canFail, catchesOf, nestedSteps } from '../tree';

/** [L10] */
export function lintHandlers(node: FlowNode): Diagnostic[] {
  const handlers = catchesOf(node);
  if (handlers.length === 0) return [];
  const say = (index: number, message: string): Diagnostic => ({
    code: 'lint/catch-never-runs',
    severity: 'warning',
    nodeId: node.id,
    path: ['catch', index],
    message,
    fix: 'Remove the handler, or move it before the others.',
  });
  if (cannotFail(node))
    return handlers.map((_, index) => ({
      ...say(index, `'${node.title}' cannot fail, so this handler never runs.`),
      fix: 'Remove the handler.',
    }));
  const handled = new Set<string>();
  let handlesAll = false;
  return handlers.flatMap(({ types }, index) => {
    const never = handlesAll || (types.length > 0 && types.every((type) => handled.has(type)));
    const message = handlesAll
      ? 'This handler never runs: one before it handles every failure.'
      : `This handler never runs: those before it handle ${types.map((type) => `'${type}'`).join(', ')}.`;
    if (types.length === 0) handlesAll = true;
    for (const type of types) handled.add(type);
    return never ? [say(index, message)] : [];
  });
}

/** Without its own handlers. */
function cannotFail(node: FlowNode): boolean {
  const { fails } = factsOf(node);
  // The list, the condition or the expression of a node that contains others can fail too, but only where it has one.
  if (fails === 'never') return factsOf(node).templates(node).length === 0;
  const { catch: _, ...bare } = node as FlowNode & { catch?: unknown };
  return (
    fails === 'inside' &&
    factsOf(node).templates(node).length === 0 &&
    !nestedSteps(bare as FlowNode).some((inner) => inner.some(canFail))
  );
}

/** [L11] Conditions that are constant: nothing more is known without running the flow. */
export function lintBranches(node: FlowNode): Diagnostic[] {
  if (node.kind !== 'choice') return [];
  let always: string | null = null;
  return node.branches.flatMap(({ title, when }, index): Diagnostic[] => {
    const earlier = always;
    if (when.trim() === 'true') always ??= title;
    const never = when.trim() === 'false' || earlier !== null;
    if (!never) return [];
    return [
      {
        code: 'lint/branch-never-taken',
        severity: 'warning',
        nodeId: node.id,
        path: ['branches', index, 'when'],
        message:
          earlier === null
            ? `The branch '${title}' is never taken: its condition is always false.`
            : `The branch '${title}' is never taken: '${earlier}' before it always is.`,
        fix: 'Change the condition, or remove the branch.',
      },
    ];
  });
}
