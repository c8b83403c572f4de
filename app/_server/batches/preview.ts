/**
 * What an act on many runs would do, told a page of runs at a time. Which runs: targets.ts.
 *
 * [BSR3] The preview says of each run what the dialogs of its own page say.
 */
import { PREVIEWED_RUNS, type BatchPreview, type PreviewBatch } from '@/app/_contract/batches';
import type { RunSummary } from '@/app/_contract/runs';
import { NO_TALLY, tallyOf, tallySum, type BatchTally, type TalliedAct } from '@/engine/run-view/batch-tally';
import { consequencesOf, NO_CONSEQUENCES, sumOf, type Consequences } from '@/engine/run-view/consequences';
import { reading } from '../engine';
import { isRefusal, Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import { readToken } from '../runs/list';
import { settlementsOf } from '../runs/settlements';
import { summaryOf } from '../runs/summary';
import type { Web } from '../web';
import { isUndoing, matching, namedRuns, undoingOf } from './targets';

type Reader = Pick<Web, 'temporal' | 'catalogue' | 'config' | 'hub' | 'database'>;
type Told = Pick<BatchPreview, 'consequences' | 'tally'>;

export async function previewBatch(web: Reader, actor: Actor, query: PreviewBatch): Promise<BatchPreview> {
  demandAnywhere(actor, 'batches.start');
  const act = actOf(query);
  return query.runIds ? previewNamed(web, actor, act, query, query.runIds) : previewMatching(web, actor, act, query);
}

async function previewMatching(
  web: Reader,
  actor: Actor,
  act: TalliedAct | null,
  { pageToken, kind, signal: _, to: __, runIds: ___, ...filters }: PreviewBatch
): Promise<BatchPreview> {
  const startedBeforeMs = pageToken
    ? (filters.startedBeforeMs ?? Date.now())
    : Math.min(filters.startedBeforeMs ?? Infinity, Date.now());
  const query = matching(actor, kind, { ...filters, startedBeforeMs });
  const [page, total, undoing] = await Promise.all([
    reading(web, () =>
      web.temporal.workflowService.listWorkflowExecutions({
        namespace: web.config.namespace,
        query,
        pageSize: PREVIEWED_RUNS,
        nextPageToken: pageToken ? readToken(pageToken) : undefined,
      })
    ),
    pageToken ? null : countOf(web, query),
    pageToken ? null : countOf(web, undoingOf(query)),
  ]);
  const runs = await Promise.all(page.executions.map((info) => summaryOf(info, web.catalogue)));
  return {
    ...(await toldOf(web, act, runs)),
    total,
    undoing,
    closed: 0,
    missing: 0,
    startedBeforeMs,
    nextPageToken: page.nextPageToken?.length ? Buffer.from(page.nextPageToken).toString('base64url') : null,
  };
}

async function previewNamed(
  web: Reader,
  actor: Actor,
  act: TalliedAct | null,
  { kind }: PreviewBatch,
  runIds: readonly string[]
): Promise<BatchPreview> {
  const found = await namedRuns(web, actor, kind, runIds);
  const runs = found.filter(({ status }) => kind === 'reset' || status === 'running');
  return {
    ...(await toldOf(web, act, runs)),
    total: runs.length,
    undoing: runs.filter(isUndoing).length,
    closed: found.length - runs.length,
    missing: runIds.length - found.length,
    startedBeforeMs: Date.now(),
    nextPageToken: null,
  };
}

/** Null: it ends the runs. */
function actOf({ kind, signal, to }: PreviewBatch): TalliedAct | null {
  switch (kind) {
    case 'cancel':
    case 'terminate':
      return null;
    case 'signal':
      return { kind, name: signal ?? '' };
    case 'reset':
      if (to === 'first' || to === 'last') return { kind, to };
      if (to?.startsWith('step:')) return { kind, to: { step: to.slice('step:'.length) } };
      throw new Refusal('badRequest', "A reset goes to 'first', 'last' or 'step:<id>'.");
    default:
      return { kind };
  }
}

async function toldOf(web: Reader, act: TalliedAct | null, runs: readonly RunSummary[]): Promise<Told> {
  const each = await Promise.all(runs.map((run) => toldOfRun(web, act, run)));
  return {
    consequences: each.flatMap(({ consequences }) => consequences ?? []).reduce(sumOf, NO_CONSEQUENCES),
    tally: each.flatMap(({ tally }) => tally ?? []).reduce(tallySum, NO_TALLY),
  };
}

/** [BSR3] Neither, if it was deleted meanwhile. */
async function toldOfRun(
  web: Reader,
  act: TalliedAct | null,
  { workflowId, runId, workflowType, revision }: RunSummary
): Promise<{ consequences?: Consequences; tally?: BatchTally }> {
  const run = { workflowId, runId };
  try {
    const [live, settlements, version] = await Promise.all([
      web.hub.read(run),
      settlementsOf(web, run),
      web.catalogue.contentOfType(workflowType, revision),
    ]);
    const { lateAnswers = [], passedOn = null, phase, isPaused = false } = live.summary;
    const facts = { ...live, settlements, lateAnswers, passedOn, nowMs: live.asOfMs };
    const manifest = version?.manifest ?? null;
    return act
      ? { tally: tallyOf(act, facts, isPaused, manifest) }
      : { consequences: consequencesOf(facts, phase, manifest) };
  } catch (error) {
    if (isRefusal(error) && error.code === 'runNotFound') return {};
    throw error;
  }
}

/** Null if they cannot be counted in time: the preview is shown without their number. */
async function countOf(web: Reader, query: string): Promise<number | null> {
  try {
    return (await reading(web, () => web.temporal.workflow.count(query))).count;
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}
