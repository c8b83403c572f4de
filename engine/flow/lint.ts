/**
 * Can this flow undo its effects? A flow that compiles may still leave effects behind; the linter for compensation
 * reports where. Pure, and run on every edit like validate.ts.
 *
 * Rules
 * [L1] no-undo: a reversible effect before the pivot has an undo.
 * [L2] undo-reads-missing: an undo reads only values that exist when it is armed. The step's own output does not
 *      exist if the undo is armed by the attempt, nor if an unknown outcome is undone.
 * [L3] undo-after-pivot: after the point of no return nothing is undone, so an undo there never runs.
 * [L4] irreversible-before-pivot: an irreversible effect should come only when no later failure can turn the run
 *      back.
 * [L5] pivot-in-parallel: while sibling branches run, there is no single point of no return.
 * [L6] gives-up-after-pivot: after the pivot a step is retried until it succeeds, unless it sets a limit of its own.
 * [L7] asks-operator: without a policy, the run waits for an operator after an unknown outcome.
 * [L9] late-calls: unless it is declared that late calls are refused, undoing an unknown outcome does not settle it.
 * [L10] catch-never-runs: a handler that can match, which handlers before it do not take away, of a node that can fail.
 * [L11] branch-never-taken: a branch that a run can take.
 * [L12] time-too-long: a time is not longer than the time that contains it: heartbeat, attempt, all attempts, deadline.
 * [L13] retry-does-not-fit: the attempts that a step declares can begin before its time is over.
 * [L14] outcome-unresolvable: somebody can find out whether an effect that cannot be undone happened.
 * [L8] variable-unread: a variable that nothing reads.
 * [L15] no-steps: a flow that does something.
 * [L16] calls-itself: a flow does not run itself as a child.
 * [L17] child-after-pivot: a child flow is not retried, so after the pivot its failure undoes nothing.
 * [L18] child-ends-with-parent, child-killed: the end of a parent stops no child that should go on, and leaves none
 *       without its undo.
 * [L20] one-decides: an approval that several people decide has several who decide.
 * [L21] escalation-too-late: others are asked, and people are reminded, before the time to decide is over, and
 *       reminded after it was asked.
 * [L22] escalation-asks-same: a step of an escalation chain asks somebody who is not asked yet.
 * [L23] too-few-left: enough of the people who are named may decide also if one of them started the run.
 * [L19] decision-unread: a flow that names several decisions with which it goes on reads which one was taken.
 */
import type { Catalogue } from './catalogue';
import type { Diagnostic, Severity } from './diagnostic';
import type { FlowDocument } from './document';
import { expressionsIn, namesIn } from './expression-names';
import { lintApprovals } from './lint/approvals';
import { lintChild } from './lint/children';
import { lintBranches, lintHandlers } from './lint/handlers';
import { lintTimes } from './lint/times';
import { outputName } from './names';
import { effectOf, lateCallsOf, type SagaStep } from './nodes/step';
import { factsOf, type FlowNode } from './nodes/table';
import { pivotPlaces, type PivotPlace } from './pivots';
import { flowTemplatesOf } from './templates';
import { allNodes, canFail, isLoop, nestedSteps } from './tree';

type Path = (string | number)[];
/** The place of a step on its path. */
interface Place {
  pivot: PivotPlace;
  inParallel: boolean;
  /** A node that comes later, or in a parallel branch, can turn the run back. */
  mayTurnBack: boolean;
}

/**
 * Warnings and hints, and errors for an undo that cannot work; only for documents in which `validate` finds no error.
 */
export function lint(document: FlowDocument, catalogue: Catalogue): Diagnostic[] {
  const found: Diagnostic[] = [];
  const pivots = pivotPlaces(document.steps);
  walk(document.steps, { inParallel: false, mayTurnBack: document.deadline !== undefined });
  return [...lintEmpty(document), ...found, ...lintApprovals(document), ...lintVariables(document)];

  function walk(steps: readonly FlowNode[], place: Omit<Place, 'pivot'>): void {
    steps.forEach((node, index) => {
      // Nodes after a later pivot on this path can no longer turn the run back.
      const rest = steps.slice(index + 1);
      const pivotAt = rest.findIndex((later) => factsOf(later).step(later)?.pivot);
      const ahead = pivotAt < 0 ? rest : rest.slice(0, pivotAt + 1);
      const mayTurnBack = ahead.some(canFail) || (pivotAt < 0 && place.mayTurnBack);
      const { step, branches, runs } = factsOf(node);
      found.push(...lintHandlers(node), ...lintBranches(node), ...lintTimes(node, document, catalogue));
      const pivot = pivots.get(node.id) ?? 'before';
      found.push(...lintChild(node, document, pivot));
      const sagaStep = step(node);
      if (sagaStep) {
        found.push(...lintStep(sagaStep, { ...place, mayTurnBack, pivot }, catalogue));
      }
      const siblings = runs === 'all' || runs === 'first' || isLoop(node) ? branches(node) : [];
      for (const inner of nestedSteps(node)) {
        const inParallel = place.inParallel || siblings.some(({ steps: own }) => own === inner);
        // Other items of a loop, and later rounds, run the same steps. A race undoes its branches but one.
        const beside =
          runs === 'first' ||
          siblings.some(({ steps: other }) => (isLoop(node) || other !== inner) && other.some(canFail));
        walk(inner, { inParallel, mayTurnBack: mayTurnBack || beside });
      }
    });
  }
}

function lintStep(node: SagaStep, place: Place, catalogue: Catalogue): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = (code: string, severity: Severity, path: Path, message: string, fix: string) =>
    void found.push({ code: `lint/${code}`, severity, nodeId: node.id, path, message, fix });
  const effect = effectOf(node, catalogue);
  const { title, undo } = node;

  if (effect === 'reversible' && !undo && place.pivot !== 'after') {
    const message = `If a later step fails, the effect of '${title}' remains: it has no undo.`;
    say('no-undo', 'warning', ['undo'], message, 'Add an undo, or declare the effect irreversible.');
  }
  if (undo) lintUndoInput(node, say);
  if (undo && !node.undoesItself && place.pivot === 'after') {
    const message = `'${undo.title}' never runs: this step comes after the point of no return.`;
    say('undo-after-pivot', 'warning', ['undo'], message, 'Remove the undo, or move the pivot after this step.');
  }
  if (effect === 'irreversible' && !node.pivot && place.pivot !== 'after' && place.mayTurnBack) {
    const message = `'${title}' cannot be undone, but a later failure can still turn the run back.`;
    say('irreversible-before-pivot', 'warning', ['effect'], message, 'Move it after the pivot, or make it the pivot.');
  }
  if (node.pivot && place.inParallel) {
    const message =
      'This point of no return is in a parallel branch: the other branches may still fail, and then nothing is undone.';
    say('pivot-in-parallel', 'warning', ['pivot'], message, 'Move the pivot before or after the parallel branches.');
  }
  // After the pivot the limit of the catalogue is removed; a limit that the step sets itself is kept.
  const attempts = node.options?.retry?.maximumAttempts ?? 0;
  if (place.pivot !== 'before' && attempts > 0) {
    const message = `'${title}' gives up after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, and then nothing before it is undone.`;
    say(
      'gives-up-after-pivot',
      'warning',
      ['options', 'retry', 'maximumAttempts'],
      message,
      'Set it to 0, which means no limit.'
    );
  }
  if (effect !== 'none' && !node.unknown) {
    const message = `If it is not known whether '${title}' happened, the run waits for an operator.`;
    say('asks-operator', 'info', ['unknown'], message, 'Choose what to do: undo it, look it up, or ask a person.');
  }
  if (effect === 'irreversible' && node.unknown?.policy !== 'check') {
    const { lateCalls, settlesWithinMs } = lateCallsOf(node, catalogue);
    if (lateCalls === 'possible' && settlesWithinMs === undefined) {
      const message = `If no answer comes to '${title}', it remains unknown whether it happened: it has no look-up, and a late call may still take effect.`;
      const fix = 'Add a look-up, or declare that late calls are refused or the time within which they settle.';
      say('outcome-unresolvable', 'info', ['unknown'], message, fix);
    }
  }
  if (effect !== 'none' && (node.unknown?.policy === 'undo' || node.unknown?.policy === 'check')) {
    const { lateCalls, settlesWithinMs } = lateCallsOf(node, catalogue);
    if (lateCalls === 'possible' && settlesWithinMs === undefined) {
      const message = `A call of '${title}' that arrives late may still take effect after its ${node.unknown.policy === 'undo' ? 'undo' : 'look-up'}, so the ledger shows that its effect may remain.`;
      const fix =
        'Declare that late calls are refused, or the time within which they settle, if the service guarantees it.';
      say('late-calls', 'info', ['lateCalls'], message, fix);
    }
  }
  return found;
}

/** [L2] */
function lintUndoInput(
  node: SagaStep,
  say: (code: string, severity: Severity, path: Path, message: string, fix: string) => void
): void {
  const attempted = node.undo?.armed === 'attempted';
  if (!attempted && node.unknown?.policy !== 'undo') return;
  const own = outputName(node.id);
  for (const { expression, path } of expressionsIn(node.undo?.input, ['undo', 'input'])) {
    // With `?.` it also works if there is no output.
    const copes = !new RegExp(`(?<![\\w$.])${own}(?!\\s*\\?\\.|[\\w$])`).test(expression);
    if (copes || !namesIn(expression).has(own)) continue;
    const why = attempted ? 'is armed before the step starts' : 'also runs if the outcome is unknown';
    const message = `The undo reads '${own}', but it ${why}, and then there is no output.`;
    say('undo-reads-missing', 'error', path, message, `Read the input instead, or write '${own}?.…'.`);
  }
}

/** [L15] */
function lintEmpty({ steps }: FlowDocument): Diagnostic[] {
  if (steps.length > 0) return [];
  const message = 'The flow has no steps: a run of it ends at once and does nothing.';
  return [{ code: 'lint/no-steps', severity: 'warning', nodeId: null, path: [], message, fix: 'Insert a step.' }];
}

/** [L8] */
function lintVariables(document: FlowDocument): Diagnostic[] {
  const fields = [
    ...flowTemplatesOf(document),
    ...allNodes(document.steps).flatMap((node) => factsOf(node).templates(node)),
  ];
  const read = new Set(
    fields.flatMap(({ value }) => expressionsIn(value).flatMap(({ expression }) => [...namesIn(expression)]))
  );
  return Object.keys(document.variables)
    .filter((name) => !read.has(name))
    .map((name) => ({
      code: 'lint/variable-unread',
      severity: 'info',
      nodeId: null,
      path: ['variables', name],
      message: `Nothing reads the variable '${name}'.`,
      fix: 'Remove it.',
    }));
}
