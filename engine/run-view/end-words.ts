/** How a run has ended, in one sentence, by the type of its last event; null: it goes on. */
const ENDS: Readonly<Record<string, string>> = {
  WorkflowExecutionCompleted: 'The run completed.',
  WorkflowExecutionFailed: 'The run failed.',
  WorkflowExecutionCanceled: 'The run was stopped.',
  WorkflowExecutionTerminated: 'The run was killed.',
  WorkflowExecutionTimedOut: 'The run took too long and was ended.',
  WorkflowExecutionContinuedAsNew: 'The run goes on as another one.',
};

/** What a person found out about an effect after the run had ended. */
export const FOUND_WORDS = {
  notApplied: 'it did not happen',
  undone: 'it was undone by hand',
  remains: 'it happened and remains',
} as const;

export const endWords = (type: string | null): string =>
  type === null ? 'The run goes on.' : (ENDS[type] ?? 'The run has ended.');
