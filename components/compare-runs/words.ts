/**
 * The words for two runs side by side.
 *
 * Rules
 * [CRW1] The sentence names the step where the runs part, with both outcomes. It never says that two open runs are the
 *        same: no difference so far.
 * [CRW2] What differs in a step is named, with the fields; a difference on one side alone says which side.
 */
import type { ComparedStep, RunComparison, StepOfRun } from '@/engine/run-view/compare-runs';
import { wordsOfItem } from '@/engine/run-view/item-words';
import type { FlowManifest } from '@/engine/flow/manifest';
import { pathWords, type ValueDifferences } from '@/engine/run-view/value-differences';
import { stateWord } from '@/components/status/status-mark';
import { countOf } from '@/components/words';

/** 'Pack (item 2)' */
export const titleOf = ({ title, nodeId, path }: ComparedStep, manifests: readonly FlowManifest[]): string =>
  `${title}${wordsOfItem(nodeId, path, manifests.find(({ nodes }) => nodes[nodeId]) ?? manifests[0]!)}`;

/** 'failed: CardDeclined'; 'done, undone'; 'not reached' */
export function outcomeWords(step: StepOfRun | null): string {
  if (!step) return 'not reached';
  const outcome = stateWord(step.outcome).toLowerCase();
  const why = step.failure ? step.failure.type : step.outcome === 'done' ? step.note : null;
  return [why ? `${outcome}: ${why}` : outcome, turnedBack(step)].filter((part) => part !== null).join(', ');
}

/** [CRW1] */
export function partingWords(comparison: RunComparison, isOpen: boolean, manifests: readonly FlowManifest[]): string {
  const { flows, first, steps } = comparison;
  if (flows === 'otherFlow') return 'These are runs of two flows, so their steps cannot be compared.';
  const step = steps.find(({ stepId }) => stepId === first);
  if (step)
    return `They part at ‘${titleOf(step, manifests)}’. A: ${outcomeWords(step.a)}. B: ${outcomeWords(step.b)}.`;
  const others = steps.filter(({ differs }) => differs.length > 0).length;
  const same = isOpen ? 'No outcome differs so far' : 'Every step ended in the same way';
  return others === 0
    ? `${same}.`
    : `${same}; ${countOf(others, 'step')} ${others === 1 ? 'differs' : 'differ'} otherwise.`;
}

/** How many fields are named. */
const MOST_FIELDS = 3;
export function fieldNames({ differences }: ValueDifferences): string {
  const named = differences.slice(0, MOST_FIELDS).map(({ path }) => pathWords(path));
  const more = differences.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** [CRW2] One phrase for each difference. */
export function differenceWords(step: ComparedStep): string[] {
  return step.differs.map((kind) => {
    switch (kind) {
      case 'outcome':
        return 'another outcome';
      case 'failure':
        return 'another failure';
      case 'attempts':
        return `attempts: ${step.a?.attempts ?? 0} and ${step.b?.attempts ?? 0}`;
      case 'input':
        return `input: ${fieldNames(step.input)}`;
      case 'output':
        return `output: ${fieldNames(step.output)}`;
      case 'undo':
        return undoWords(step);
    }
  });
}

const TURNED_BACK = { undone: 'undone', unwinding: 'being undone', undoFailed: 'its undo failed' } as const;
const turnedBack = (step: StepOfRun | null): string | null =>
  step && step.state in TURNED_BACK ? TURNED_BACK[step.state as keyof typeof TURNED_BACK] : null;
function undoWords({ a, b }: ComparedStep): string {
  const [left, right] = [turnedBack(a), turnedBack(b)];
  if (left && right) return `${left} in A, ${right} in B`;
  return left ? `${left} in A only` : `${right ?? 'undone'} in B only`;
}
