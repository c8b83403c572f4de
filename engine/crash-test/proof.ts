/**
 * Two checks of every stored history: our own check, with what the engine acknowledged, and the official replayer.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { readSagaSources } from '../compiler/saga-sources';
import { checkHistory, readExpectation } from '../history';
import { temporal } from '../proto';
import { PostgresStore } from '../store/postgres/store';

const { History } = temporal.api.history.v1;
type History = temporal.api.history.v1.IHistory;

export interface StoredHistory {
  workflowId: string;
  history: History;
  /** The findings of `history/check`. */
  findings: string[];
}

/**
 * Reads the histories from the store, as an engine does after a takeover. No engine may run, because this takes the
 * lease.
 */
export async function readHistories(
  url: string,
  runs: readonly { workflowId: string; runId: string }[]
): Promise<StoredHistory[]> {
  const store = await new PostgresStore({ url, takeover: 'whenFree' }).acquire('the crash test');
  try {
    const read: StoredHistory[] = [];
    for (const { workflowId, runId } of runs) {
      const stored = await store.findRun('default', workflowId, runId);
      if (!stored) {
        read.push({
          workflowId,
          history: { events: [] },
          findings: ['its start was acknowledged, and it is not there'],
        });
        continue;
      }
      const batches = await store.readHistory(stored.runKey, 1, stored.nextEventId);
      const findings = checkHistory(batches, readExpectation(stored));
      read.push({
        workflowId,
        history: { events: batches.flatMap((batch) => History.decode(batch.events).events) },
        findings: findings.map(({ rule, eventId, message }) => `${rule} at event ${eventId}: ${message}`),
      });
    }
    return read;
  } finally {
    await store.release();
  }
}

/**
 * Replays the histories on the generated code with which they ran. Resolves to descriptions of what the official
 * replayer refused.
 */
export async function replayAll(
  histories: readonly StoredHistory[],
  files: Record<string, string>,
  folder: string
): Promise<string[]> {
  const workflowsPath = await writeWorkflows(files, folder);
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
  const given = histories.filter(({ history }) => history.events?.length);
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: bundle }, given)) {
    if (error) refused.push(`${workflowId} does not replay: ${error.message}`);
  }
  return refused;
}

async function writeWorkflows(files: Record<string, string>, folder: string): Promise<string> {
  const library = Object.entries(readSagaSources()).map(([name, text]) => [`saga/${name}`, text] as const);
  for (const [name, text] of [...Object.entries(files), ...library]) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return path.join(folder, 'workflow.ts');
}
