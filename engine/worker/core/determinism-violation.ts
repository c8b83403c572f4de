/**
 * The code and the history disagree: what the history contains at an event, and what the code requested instead.
 * Workflow code can never catch this error.
 * `origin` (traced runs only): the place in the sources where the code requested it, one line per stack frame.
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
