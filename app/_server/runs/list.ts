/**
 * A page of runs, the newest first, with the number of runs for each outcome.
 *
 * [LCT1] A page is shown although its runs cannot be counted in time, as where a frequent word is found in many of them.
 *        It says so, and the same filter is not counted again for a minute: the engine is still counting. An engine that
 *        answers nothing is away, and says nothing about the filter: it is asked once more before the count is blamed,
 *        because it may have listed just before it stopped.
 */
import type { RunsPage, RunsQuery, RunStanding } from '@/app/_contract/runs';
import { reading } from '../engine';
import { fromEngine, isRefusal, Refusal } from '../failure';
import { runsThatAsk } from '../inbox/asking';
import { flowsOf } from '@/engine/permissions/permissions';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';
import { summaryOf } from './summary';
import { countQuery, runsQuery, type Flows } from './visibility';

export async function listRuns(
  web: Pick<Web, 'temporal' | 'catalogue' | 'config' | 'database' | 'log' | 'slowCounts'>,
  actor: Actor,
  query: RunsQuery
): Promise<RunsPage> {
  demandAnywhere(actor, 'runs.list');
  const flows = flowsOf(actor, 'runs.list');
  const [page, counted] = await Promise.all([
    reading(web, () =>
      web.temporal.workflowService.listWorkflowExecutions({
        namespace: web.config.namespace,
        query: runsQuery(query, flows),
        pageSize: query.pageSize,
        nextPageToken: query.pageToken ? readToken(query.pageToken) : undefined,
      })
    ),
    // Only the first page counts; later pages belong to it.
    query.pageToken ? null : countInTime(web, query, flows),
  ]);
  if (counted === 'tooLong') {
    await reading(web, () => web.temporal.workflowService.getSystemInfo({}));
    web.slowCounts.set(countQuery(query, null, flows), true);
  }
  const isUncounted = counted === 'tooLong' || counted === 'tooMany';
  const counts = isUncounted ? null : counted;
  const runs = await Promise.all(page.executions.map((info) => summaryOf(info, web.catalogue)));
  const asking = await runsThatAsk(
    web,
    runs.filter(({ status }) => status === 'running')
  );
  return {
    runs: runs.map((run) => (asking.has(run.runId) ? { ...run, asks: true } : run)),
    nextPageToken: page.nextPageToken?.length ? Buffer.from(page.nextPageToken).toString('base64url') : null,
    counts,
    ...(isUncounted ? { isUncounted } : {}),
    total: counts ? Object.values(counts).reduce((sum, count) => sum + count, 0) : null,
    readAtMs: Date.now(),
  };
}

/** The outcomes of each status, the plain one first: its number is the remainder after the others. */
const STANDINGS_OF: Record<string, readonly [RunStanding, ...RunStanding[]]> = {
  Running: ['running', 'unwinding', 'needsHand', 'paused'],
  Completed: ['completed', 'completedStanding'],
  Failed: ['failed', 'failedUndone', 'failedStanding'],
  Canceled: ['canceled', 'canceledUndone', 'canceledStanding'],
  Terminated: ['terminated', 'terminatedStanding'],
  TimedOut: ['timedOut', 'timedOutStanding'],
  ContinuedAsNew: ['continuedAsNew'],
};

/**
 * Counts the runs of each outcome: one query for all statuses, and two more for each status with several outcomes.
 * The answers are from slightly different moments, so a remainder below zero becomes zero. Null if the cluster cannot
 * count.
 */
async function countRuns(web: Pick<Web, 'temporal'>, query: RunsQuery, flows: Flows): Promise<RunsPage['counts']> {
  const count = (text: string) => reading(web, () => web.temporal.workflow.count(text));
  try {
    const { groups } = await count(`${countQuery(query, null, flows)} GROUP BY ExecutionStatus`.trim());
    const counted = await Promise.all(
      groups.map(async ({ count: total, groupValues }) => {
        const [plain, ...further] = STANDINGS_OF[String(groupValues[0])] ?? ['running'];
        const parts = await Promise.all(
          further.map(async (standing) => [standing, (await count(countQuery(query, standing, flows))).count] as const)
        );
        const rest = parts.reduce((left, [, number]) => left - number, total);
        return [[plain, Math.max(0, rest)] as const, ...parts];
      })
    );
    return Object.fromEntries(counted.flat().filter(([, number]) => number > 0));
  } catch (error) {
    // An engine that is away can count later, so this error does not mean that the cluster cannot count.
    if (fromEngine(error)?.code !== 'engineAway' && !isRefusal(error)) return null;
    throw error;
  }
}

/** [LCT1] */
async function countInTime(
  web: Pick<Web, 'temporal' | 'slowCounts'>,
  query: RunsQuery,
  flows: Flows
): Promise<RunsPage['counts'] | 'tooMany' | 'tooLong'> {
  const filter = countQuery(query, null, flows);
  if (web.slowCounts.has(filter)) return 'tooMany';
  try {
    return await countRuns(web, query, flows);
  } catch (error) {
    // An engine that is away does not list either, and then there is no page.
    if (!isRefusal(error) || error.code !== 'engineAway') throw error;
    return fromEngine(error.cause)?.code === 'outcomeUnknown' ? 'tooLong' : 'tooMany';
  }
}

/** Throws `badRequest`. */
export function readToken(token: string): Uint8Array {
  if (!/^[\w-]+$/.test(token)) throw new Refusal('badRequest', 'The token for the next page of the list is damaged.');
  return Buffer.from(token, 'base64url');
}
