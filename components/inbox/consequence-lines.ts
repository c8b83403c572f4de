/** What would happen after an answer, line by line, in the order of the events. Pure. */
import type { Consequence, TaskConsequences, TaskDecision } from '@/app/_contract/inbox';
import { verbOf } from './words';

export interface ConsequenceLine {
  /** A step that would run, an undo that would run, an effect that would remain, or a note. */
  kind: 'runs' | 'undoes' | 'stays' | 'says';
  text: string;
  /** The step that an undo reverts. */
  of?: string;
}

/** One for each decision; decisions with the same consequence share one. */
export function sidesOf(
  decisions: readonly TaskDecision[],
  answers: TaskConsequences['answers']
): { title: string; consequence: Consequence }[] {
  const sides: { verbs: string[]; consequence: Consequence }[] = [];
  for (const decision of decisions) {
    const consequence = answers[decision.key];
    if (!consequence) continue;
    const same = sides.find((each) => JSON.stringify(each.consequence) === JSON.stringify(consequence));
    if (same) same.verbs.push(verbOf(decision));
    else sides.push({ verbs: [verbOf(decision)], consequence });
  }
  const isOne = sides.length === 1 && (sides[0]?.verbs.length ?? 0) > 1;
  return sides.map(({ verbs, consequence }) => ({
    title: isOne ? 'Whatever you decide' : `If you ${verbs.join(' or ')}`,
    consequence,
  }));
}

export function linesOf({ kind, runs, then, undoes, stays, certain }: Consequence): ConsequenceLine[] {
  const ends = kind === 'goesOn' ? then : endWords(undoes.length, stays.length);
  return [
    ...undoes.map(({ step, undo }) => ({ kind: 'undoes' as const, text: undo, of: step })),
    ...runs.map((text) => ({ kind: 'runs' as const, text })),
    ...stays.map((text) => ({ kind: 'stays' as const, text })),
    ...(ends ? [{ kind: 'says' as const, text: ends }] : []),
    ...(certain ? [] : [{ kind: 'says' as const, text: 'Other steps that run at the same time may change this.' }]),
  ];
}

function endWords(undone: number, left: number): string {
  if (left > 0) return `Then the run fails; ${left === 1 ? 'one effect remains' : `${left} effects remain`}.`;
  return undone > 0
    ? 'Then the run fails, and all its effects are undone.'
    : 'The run fails. There is nothing to undo.';
}
