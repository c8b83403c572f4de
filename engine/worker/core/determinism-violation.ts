/**
 * Code and history disagree: what the history has at an event, and what the code asked for instead. Never caught by workflow code.
 * `origin` (traced runs only): where in the sources the code asked for it, one line a frame.
 */
export class DeterminismViolation extends Error {
  override name = 'DeterminismViolation';
  constructor(
    readonly eventId: number,
    readonly expected: string,
    readonly actual: string,
    readonly origin: string | null = null
  ) {
    super(`Nondeterminism at event ${eventId}: the history has ${expected}, the code ${actual}.`);
  }
}
