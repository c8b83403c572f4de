/** The words of the two ways to end a run. */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
export const stopLabel = (undos: number): string =>
  undos > 0 ? `Stop and undo ${countOf(undos, 'step')}` : 'Stop, nothing to undo';
export const killConsequence = (standing: number): string =>
  standing > 0 ? `${countOf(standing, 'effect')} ${standing === 1 ? 'stays' : 'stay'}` : 'Nothing stands now';
