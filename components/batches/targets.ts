/** Which runs an act is about: those that are selected, or all that the filters of the list find. */
import { PREVIEWED_RUNS, type Batch, type BatchKind, type RunName, type StartBatch } from '@/app/_contract/batches';

export type Targets =
  | { runs: readonly RunName[] }
  | {
      /** The filters of the list, as its API reads them. */
      search: string;
    };

export type ActName = 'stop' | 'signal' | 'retry' | 'reset' | 'pause' | 'resume';

export interface ActDialogProps {
  targets: Targets;
  /** All of the runs are of this flow; null: of several, or of none. */
  flow: string | null;
  /** All of the runs are of this version of it. */
  version: number | null;
  /** The runs are those of a Temporal cluster. */
  isCluster: boolean;
  onStarted: (batch: Batch) => void;
  onClose: () => void;
}

/** What the preview of a kind must know besides the runs. */
export type ActParams = { kind: BatchKind; signal?: string; to?: string };

/** Histories of so many runs are read at most. */
export const MOST_READ = 200;

export const firstSearch = (targets: Targets, params: ActParams): string =>
  'runs' in targets ? chunkSearch(targets.runs, 0, params) : withParams(new URLSearchParams(targets.search), params);

/** Of the next named runs, from the one with this number. */
export function chunkSearch(runs: readonly RunName[], from: number, params: ActParams): string {
  const search = new URLSearchParams();
  const ids = runs.slice(from, from + PREVIEWED_RUNS).map(({ runId }) => runId);
  search.set('runIds', ids.join(','));
  return withParams(search, params);
}

export function withParams(search: URLSearchParams, params: ActParams): string {
  for (const [name, value] of Object.entries(params)) search.set(name, value);
  return search.toString();
}

/** `startedBeforeMs`: of the preview. */
export function whichRuns(targets: Targets, startedBeforeMs: number | null): Pick<StartBatch, 'filters' | 'runs'> {
  if ('runs' in targets) return { runs: targets.runs.map(({ workflowId, runId }) => ({ workflowId, runId })) };
  const filters = { ...Object.fromEntries(new URLSearchParams(targets.search)), startedBeforeMs };
  return { filters } as Pick<StartBatch, 'filters'>;
}
