/** What became of each run of a batch, as the engine keeps it, and as CSV. [BRC1] */
import type { BatchOutcome, BatchResultsQuery, BatchRun, BatchRuns, RunName } from '@/app/_contract/batches';
import { audited } from '../audit';
import { unanswered } from '../engine';
import { Refusal } from '../failure';
import { csvLine } from '../http/csv';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { noBatch, readBatch } from './get';
import { demandOn } from './record';

type Reader = Pick<Web, 'config' | 'versions'>;

export async function batchResults(
  web: Reader & Pick<Web, 'database'>,
  actor: Actor,
  id: string,
  { outcome, pageToken = '', pageSize }: BatchResultsQuery
): Promise<BatchRuns> {
  await demandOn(web, actor, 'batches.get', id);
  return page(web, id, outcome, pageToken, pageSize);
}

async function page(
  { config, versions }: Reader,
  jobId: string,
  outcome: BatchOutcome | undefined,
  pageToken: string,
  pageSize: number
): Promise<BatchRuns> {
  if (config.foreignCluster)
    throw new Refusal('refused', 'A Temporal cluster counts the runs of a batch, and keeps no list of them.');
  const { namespace } = config;
  const asked = { namespace, jobId, outcome: outcome ?? '', pageSize, pageToken };
  const { results, nextPageToken } = await versions.listBatchResults(asked).catch(noBatch).catch(unanswered);
  const runs = results.map(({ outcome: became, problem, atMs, ...run }): BatchRun => {
    return { ...run, outcome: became as BatchOutcome, problem: problem || null, atMs: atMs || null };
  });
  return { runs, nextPageToken: nextPageToken || null };
}

const PAGE = 500;
/** As many as the engine keeps. */
const EXPORTED_MOST = 200_000;
const COLUMNS = ['workflow id', 'run id', 'result', 'reason', 'at'];

export async function exportBatch(
  web: Reader & Pick<Web, 'database' | 'log' | 'temporal'>,
  actor: Actor,
  id: string,
  { outcome }: Pick<BatchResultsQuery, 'outcome'>
): Promise<AsyncGenerator<string>> {
  const asked = await demandOn(web, actor, 'batches.get', id);
  // A batch that does not exist is a refusal, not an empty file.
  await readBatch(web, actor, id, asked);
  const details = { outcome: outcome ?? null };
  return audited(web, actor, { operation: 'batches.export', target: id, details }, async () => {
    const first = await page(web, id, outcome, '', PAGE);
    return csv(web, id, outcome, first);
  });
}

async function* csv(
  web: Reader,
  id: string,
  outcome: BatchOutcome | undefined,
  first: BatchRuns
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let { runs, nextPageToken } = first;
  for (let written = 0; ;) {
    yield runs.map((run) => csvLine(cellsOf(run))).join('');
    written += runs.length;
    if (!nextPageToken || written >= EXPORTED_MOST) return;
    ({ runs, nextPageToken } = await page(web, id, outcome, nextPageToken, PAGE));
  }
}

const cellsOf = ({ workflowId, runId, outcome, problem, atMs }: BatchRun): string[] => [
  workflowId,
  runId,
  outcome,
  problem ?? '',
  atMs === null ? '' : new Date(atMs).toISOString(),
];

/** The first that refused. */
export async function refusedRuns(web: Reader, id: string, most: number): Promise<RunName[]> {
  const { runs } = await page(web, id, 'refused', '', most);
  return runs.map(({ workflowId, runId }) => ({ workflowId, runId }));
}
