/** The flow has ended early. This is not a failure, and no catch handles it. */
export class Ended {
  constructor(readonly output: unknown) {}
}
