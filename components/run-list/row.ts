import type { RunSummary } from '@/app/_contract/runs';
import type { SteadyRow } from '@/components/live/steady-rows';

export type RunRow = SteadyRow<RunSummary>;

/** What tells runs apart: the same workflow id may have run before. */
export const keyOf = ({ workflowId, runId }: Pick<RunSummary, 'workflowId' | 'runId'>): string =>
  `${workflowId}/${runId}`;
