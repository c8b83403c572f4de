import type { RunSummary } from '@/app/_contract/runs';
import type { SteadyRow } from '@/components/live/steady-rows';

export type RunRow = SteadyRow<RunSummary>;

/** The identity of a run. A workflow id alone is not enough, because it may have run before. */
export const keyOf = ({ workflowId, runId }: Pick<RunSummary, 'workflowId' | 'runId'>): string =>
  `${workflowId}/${runId}`;
