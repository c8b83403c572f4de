/** What a `player` does. */
export interface Plan {
  steps: Step[];
  /** All steps at once. */
  isParallel: boolean;
  fails: boolean;
  /** So many times it continues as new, and does the same again. */
  laps?: number;
}
export type Step =
  | { do: 'sleep'; ms: number }
  | { do: 'signal' | 'cancel'; to: string }
  /** `isLeft`: its parent does not wait for it. */
  | { do: 'child'; id: string; plan: Plan; policy: string; isSignaled: boolean; isLeft: boolean };
