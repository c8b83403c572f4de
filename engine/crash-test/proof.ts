/**
 * Two checks of every stored history: our own check, with what the engine acknowledged, and the official replayer.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { readSagaSources } from '../compiler/saga-sources';
import { checkHistory, readExpectation, type HistoryEvent } from '../history';
import { temporal } from '../proto';
import type { LeasedStore, ListQuery } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import type { VisibilityRecord } from '../visibility/record';

const { History } = temporal.api.history.v1;

/** A run as the store has it at the end. */
export interface FoundRun extends VisibilityRecord {
  events: HistoryEvent[];
  /** When the engine has something to do for it; null for never. */
  wakeAt: number | null;
  /** The findings of `history/check`. */
  findings: string[];
}

/**
 * Reads every run from the store, as an engine does after a takeover. No engine may run, because this takes the
 * lease.
 */
export async function readRuns(url: string): Promise<FoundRun[]> {
  const store = await new PostgresStore({ url, takeover: 'whenFree' }).acquire('the crash test');
  try {
    const read: FoundRun[] = [];
    for (const record of await recordsOf(store)) {
      const stored = await store.readRun(record.runKey);
      if (!stored) {
        read.push({ ...record, events: [], wakeAt: null, findings: ['it is in lists, and is not there'] });
        continue;
      }
      const batches = await store.readHistory(stored.runKey, 1, stored.nextEventId);
      const findings = checkHistory(batches, readExpectation(stored));
      read.push({
        ...record,
        events: batches.flatMap((batch) => History.decode(batch.events).events),
        wakeAt: stored.wakeAt,
        findings: findings.map(({ rule, eventId, message }) => `${rule} at event ${eventId}: ${message}`),
      });
    }
    return read;
  } finally {
    await store.release();
  }
}

const PAGE = 500;

async function recordsOf(store: LeasedStore): Promise<VisibilityRecord[]> {
  const records: VisibilityRecord[] = [];
  for (let after: ListQuery['after'] = null; ;) {
    const page = await store.list({ namespace: 'default', filter: null, limit: PAGE, after });
    records.push(...page);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return records;
    after = { startTime: last.startTime, runKey: last.runKey };
  }
}

/** Code of a published version, by its workflow type; or the file with the code of workflows that are no flows. */
export type WorkflowCode = { type: string; code: string } | { file: string };

/**
 * Replays the histories on the code with which they ran. Resolves to descriptions of what the official replayer refused.
 */
export async function replayAll(
  runs: readonly Pick<FoundRun, 'workflowId' | 'runId' | 'events'>[],
  workflows: readonly WorkflowCode[],
  folder: string
): Promise<string[]> {
  const workflowsPath = await writeWorkflows(workflows, folder);
  const logger = new DefaultLogger('ERROR');
  const bundle = await bundleWorkflowCode({
    workflowsPath,
    logger,
    webpackConfigHook: (config) => ({
      ...config,
      resolve: {
        ...config.resolve,
        alias: { ...config.resolve?.alias, '@backstitch/saga': path.join(folder, 'saga/index.ts') },
      },
    }),
  });
  const refused: string[] = [];
  const given = runs.map((run) => ({ workflowId: run.workflowId, history: { events: underItsOwnId(run) } }));
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, given)) {
    if (error) refused.push(`${workflowId} does not replay: ${error.message}`);
  }
  return refused;
}

/**
 * The replayer takes the original run id for the id of the run. Code reads the latter, for the ids of its tasks, and after
 * a reset it is another one.
 */
function underItsOwnId({ runId, events }: Pick<FoundRun, 'runId' | 'events'>): HistoryEvent[] {
  const [first, ...rest] = events;
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!started) return [...events];
  const own = { ...started, originalExecutionRunId: runId };
  return [{ ...first, workflowExecutionStartedEventAttributes: own }, ...rest];
}

async function writeWorkflows(workflows: readonly WorkflowCode[], folder: string): Promise<string> {
  const files = Object.fromEntries(Object.entries(readSagaSources()).map(([name, text]) => [`saga/${name}`, text]));
  const index = workflows.map((each) => {
    if ('file' in each) return `export * from '${each.file}';`;
    files[`${each.type}.ts`] = each.code;
    return `export { ${each.type} } from './${each.type}';`;
  });
  files['workflows.ts'] = `${index.join('\n')}\n`;
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return path.join(folder, 'workflows.ts');
}
