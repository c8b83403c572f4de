/** What a test expects, as sentences. */
import { endWords, type Outcome } from '@/engine/flow/tests';

export function outcomeWords({ ends, remains, undone, asks }: Outcome, titleOf: (id: string) => string): string[] {
  const names = (ids: readonly string[]) => ids.map((id) => `'${titleOf(id)}'`).join(', ');
  return [
    `The run ${endWords(ends)}.`,
    ...(undone.length > 0 ? [`Undone: ${names(undone)}.`] : []),
    remains.length > 0 ? `Remains or may remain: ${names(remains)}.` : 'Nothing remains that should not.',
    ...asks.map(({ nodeId, kind }) => `Asks about ${kind === 'undo' ? 'the undo of ' : ''}${names([nodeId])}.`),
  ];
}
