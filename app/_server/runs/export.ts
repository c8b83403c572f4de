/**
 * The filtered list of runs as CSV, the newest first. It says what the list says, without the data of the runs: inputs
 * and results may be sensitive.
 */
import type { ExportRuns, RunSummary } from '@/app/_contract/runs';
import { flowsOf } from '@/engine/permissions/permissions';
import { audited } from '../audit';
import { reading } from '../engine';
import { csvLine } from '../http/csv';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { summaryOf } from './summary';
import { runsQuery } from './visibility';

type Parts = Pick<Web, 'temporal' | 'catalogue' | 'config' | 'database' | 'log'>;

/** The maximum of one export. More runs are exported in parts, by the filter of time. */
export const EXPORTED_RUNS_MOST = 100_000;
const PAGE = 500;
const COLUMNS = [
  'workflow id',
  'run id',
  'flow',
  'version',
  'workflow type',
  'outcome',
  'effects that remain',
  'started',
  'ended',
  'seconds',
];

export async function exportRuns(
  web: Parts,
  actor: Actor,
  query: ExportRuns,
  pageSize = PAGE
): Promise<AsyncGenerator<string>> {
  demandAnywhere(actor, 'runs.export');
  const details = Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : (value ?? null)])
  );
  return audited(web, actor, { operation: 'runs.export', target: 'runs', details }, async () => {
    const lines = csv(web, actor, query, pageSize);
    // What the engine refuses is answered as a refusal, not as a broken file.
    const first = await lines.next();
    return (async function* () {
      if (!first.done) yield first.value;
      yield* lines;
    })();
  });
}

async function* csv(web: Parts, actor: Actor, query: ExportRuns, pageSize: number): AsyncGenerator<string> {
  const text = runsQuery(query, flowsOf(actor, 'runs.export'));
  let nextPageToken: Uint8Array | undefined;
  let head = csvLine(COLUMNS);
  for (let written = 0; written < EXPORTED_RUNS_MOST;) {
    const page = await reading(web, () =>
      web.temporal.workflowService.listWorkflowExecutions({
        namespace: web.config.namespace,
        query: text,
        pageSize,
        nextPageToken,
      })
    );
    const runs = await Promise.all(page.executions.map((info) => summaryOf(info, web.catalogue)));
    yield head + runs.map((run) => csvLine(cellsOf(run))).join('');
    head = '';
    written += runs.length;
    if (!page.nextPageToken?.length) return;
    nextPageToken = page.nextPageToken;
  }
}

function cellsOf(run: RunSummary): string[] {
  const { workflowId, runId, flow, version, workflowType, standingState, standing, startMs, closeMs } = run;
  return [
    workflowId,
    runId,
    flow ?? '',
    version === null ? '' : String(version),
    workflowType,
    standingState,
    standing === null ? '' : String(standing),
    new Date(startMs).toISOString(),
    closeMs === null ? '' : new Date(closeMs).toISOString(),
    closeMs === null ? '' : String((closeMs - startMs) / 1_000),
  ];
}
