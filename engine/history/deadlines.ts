/**
 * The next deadlines of activities and timers: a binary heap of lower bounds with lazy deletion.
 *
 * Invariant: everything in the state that has a deadline has at least one entry at or before that deadline. An entry
 * whose subject no longer exists, or is due later by now, is dropped or moved when it reaches the top. So a step
 * costs O(log n), and a heartbeat costs nothing. The heap is derived from the state and never stored: `compact` and a
 * rebuild create it again.
 */
export interface Entry {
  at: number;
  /** Id of the event that scheduled the activity or started the timer; also the tie-break. */
  eventId: number;
  /** The timer's id; null for an activity. */
  timerId: string | null;
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.eventId < b.eventId);

export class Deadlines {
  private heap: Entry[] = [];

  get size(): number {
    return this.heap.length;
  }

  clear(): void {
    this.heap = [];
  }

  push(entry: Entry): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }

  /**
   * The earliest valid entry. `actual` returns the actual deadline of the subject; null if the subject has no
   * deadline or no longer exists.
   */
  peek(actual: (entry: Entry) => number | null): Entry | null {
    for (;;) {
      const top = this.heap[0];
      if (!top) return null;
      const at = actual(top);
      if (at !== null && at <= top.at) return top;
      this.pop();
      if (at !== null) this.push({ ...top, at });
    }
  }

  /**
   * Removes stale entries when they are more than the valid ones, so that ten thousand quick steps do not leave a
   * heap of ten thousand entries.
   */
  compact(living: number, actual: (entry: Entry) => number | null): void {
    if (this.heap.length < 64 || this.heap.length < 4 * living) return;
    const seen = new Set<number>();
    const entries = this.heap;
    this.heap = [];
    for (const entry of entries) {
      const at = actual(entry);
      if (at === null || seen.has(entry.eventId)) continue;
      seen.add(entry.eventId);
      this.push({ ...entry, at });
    }
  }
}
