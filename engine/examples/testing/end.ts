/** How a scenario of a template ends: the shape of ends.ts. */
export interface End {
  scenario: string;
  /** Another name, where one scenario is ended in several ways. */
  title?: string;
  /** What people decide, in the order in which they are asked; then nobody does. */
  people?: readonly ('approve' | 'payLess' | 'reject' | 'nobody')[];
  /** Sent when the activity of this id has been called. */
  signals?: readonly { after: string; name: string; payload: unknown }[];
  /** 'asks': the run is open and asks an operator. */
  ends: 'completed' | 'failed' | 'asks';
  /** The type of the failure. */
  failure?: string;
  /**
   * Activity ids of the effects that remain. 'a|b': one of the two; 'a?': it depends on which of several answers comes
   * first.
   */
  remains: readonly string[];
  /** Takes days of flow time, or several people, so that it is not tried in a browser. */
  isLong?: true;
}

/** What remains, in the words of the table, if what remains is in order; otherwise the table's own list. Sorted. */
export function expectedOf({ remains }: Pick<End, 'remains'>, found: readonly string[]): string[] {
  return remains
    .flatMap((id) => {
      if (id.endsWith('?')) return found.includes(id.slice(0, -1)) ? [id.slice(0, -1)] : [];
      return [id.split('|').find((each) => found.includes(each)) ?? id];
    })
    .sort();
}
