/** The official replayer (`Worker.runReplayHistories` with the Rust core) as an oracle for the histories of tests. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { temporal } from '../../proto';
import type { HistoryEvent } from '../api';

/** The workflows: in a file, or in modules by path with the names that they are imported by. */
export type WorkflowFiles =
  { workflowsPath: string } | { entry: string; modules: Record<string, string>; alias?: Record<string, string> };

const logger = new DefaultLogger('ERROR');

export class OfficialReplayer {
  private constructor(private readonly workflowBundle: WorkflowBundle) {}

  static async of(files: WorkflowFiles): Promise<OfficialReplayer> {
    // One per process. A test file may have installed it for its own use.
    if (!Runtime._instance) Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } } });
    if ('workflowsPath' in files) return new OfficialReplayer(await bundleWorkflowCode({ ...files, logger }));
    const folder = await mkdtemp(path.join(tmpdir(), 'backstitch-replay-'));
    try {
      for (const [name, text] of Object.entries(files.modules)) {
        await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
        await writeFile(path.join(folder, name), text);
      }
      await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
      const alias = Object.entries(files.alias ?? {}).map(([name, file]) => [name, path.join(folder, file)]);
      const bundle = await bundleWorkflowCode({
        workflowsPath: path.join(folder, files.entry),
        logger,
        webpackConfigHook: (config) => ({
          ...config,
          resolve: { ...config.resolve, alias: { ...config.resolve?.alias, ...Object.fromEntries(alias) } },
        }),
      });
      return new OfficialReplayer(bundle);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Workflow id and reason of each history that is refused. A history without a completed workflow task is not
   * replayed.
   */
  async refusals(histories: readonly { workflowId: string; events: HistoryEvent[] }[]): Promise<[string, string][]> {
    const replayable = histories
      .filter(({ events }) => events.some((event) => event.workflowTaskCompletedEventAttributes))
      .map(({ workflowId, events }) => ({ workflowId, history: temporal.api.history.v1.History.create({ events }) }));
    const refused: [string, string][] = [];
    // Each history gets a context of its own, so that changes of globals by one workflow do not affect the next one.
    const options = { workflowBundle: this.workflowBundle, reuseV8Context: false };
    for await (const result of Worker.runReplayHistories(options, replayable)) {
      if (result.error) refused.push([result.workflowId, result.error.message]);
    }
    return refused;
  }
}
