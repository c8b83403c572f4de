/** What an answer would do, line by line, in the order in which it would happen. Pure. */
import type { Consequence } from '@/app/_contract/inbox';

export interface ConsequenceLine {
  /** A step that runs, an undo that runs, an effect that stays, or what is to say beside them. */
  kind: 'runs' | 'undoes' | 'stays' | 'says';
  text: string;
  /** Which step an undo takes back. */
  of?: string;
}

export function linesOf({ kind, runs, then, undoes, stays, certain }: Consequence): ConsequenceLine[] {
  const ends = kind === 'goesOn' ? then : endWords(undoes.length, stays.length);
  return [
    ...undoes.map(({ step, undo }) => ({ kind: 'undoes' as const, text: undo, of: step })),
    ...runs.map((text) => ({ kind: 'runs' as const, text })),
    ...stays.map((text) => ({ kind: 'stays' as const, text })),
    ...(ends ? [{ kind: 'says' as const, text: ends }] : []),
    ...(certain ? [] : [{ kind: 'says' as const, text: 'What else is under way then may change this.' }]),
  ];
}

function endWords(undone: number, left: number): string {
  if (left > 0) return `Then the run has failed; ${left === 1 ? 'one effect stays' : `${left} effects stay`}.`;
  return undone > 0 ? 'Then the run has failed, with all of it undone.' : 'The run fails. Nothing is to be undone.';
}
