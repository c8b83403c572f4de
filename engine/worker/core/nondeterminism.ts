/** Code and history disagree: what the history has at an event, and what the code asked for instead. Never caught by workflow code. */
export class NondeterminismError extends Error {
  override name = 'NondeterminismError';
  constructor(
    readonly eventId: number,
    readonly expected: string,
    readonly actual: string
  ) {
    super(`Nondeterminism at event ${eventId}: the history has ${expected}, the code ${actual}.`);
  }
}
