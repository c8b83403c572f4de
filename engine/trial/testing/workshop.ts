/** Compiles flows and plays trials of them in the process of the test, with one sandbox for the file. */
import { afterAll, beforeAll } from 'vitest';
import { catalogue } from '../../activities/catalogue';
import { compile } from '../../compiler/compile';
import { readSagaSources } from '../../compiler/saga-sources';
import type { Catalogue } from '../../flow/catalogue';
import type { FlowManifest } from '../../flow/manifest';
import { bundleWorkflows, type WorkflowBundle } from '../../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../../worker/embedded-worker';
import { witness } from '../../history/testing/proof';
import type { WorkflowFiles } from '../../history/testing/official-replayer';
import { planSchema, type TrialPlan } from '../../flow/trial-plan';
import { playTrial } from '../trial';
import type { TrialResult } from '../result';

const saga = readSagaSources();
const library = Object.fromEntries(Object.entries(saga).map(([name, text]) => [`saga/${name}`, text]));

export interface MakeOptions {
  /**
   * False: histories of this flow are checked, but not given to the official replayer, which bundles each flow anew.
   */
  isReplayed?: boolean;
  /** Operations that the document calls. */
  operations?: Catalogue;
}

/** A test file that uses it declares `provesHistories('scripted')`: each flow is replayed with its own code. */
export interface Workshop {
  worker: EmbeddedWorker;
  /** Its code is served from now on. Throws with the diagnostics of a document that does not compile. */
  make(document: unknown, options?: MakeOptions): Promise<FlowManifest>;
  sourceOf(manifest: FlowManifest): WorkflowFiles;
  play(manifest: FlowManifest, plan: Partial<TrialPlan>): Promise<TrialResult>;
}

/** Called once, at the top of a test file. */
export function usesWorkshop(): Workshop {
  const bundles = new Map<string, WorkflowBundle>();
  const sources = new Map<string, WorkflowFiles>();
  const listeners = new Set<() => void>();
  let worker: EmbeddedWorker;
  let made = 0;
  beforeAll(() => {
    const source = {
      find: (type: string) => bundles.get(type),
      onChange: (listener: () => void) => (listeners.add(listener), () => listeners.delete(listener)),
    };
    worker = createEmbeddedWorker({ bundles: source });
  });
  afterAll(() => worker.close());
  return {
    get worker() {
      return worker;
    },
    async make(document, { isReplayed = true, operations = {} } = {}) {
      // Each flow has a type of its own.
      const known = { ...operations, ...catalogue };
      const { files, manifest, diagnostics } = await compile(document, { version: ++made, catalogue: known, saga });
      if (!manifest) throw new Error(diagnostics.map(({ nodeId, message }) => `${nodeId}: ${message}`).join('\n'));
      const source = {
        entry: 'workflow.ts',
        modules: { ...files, ...library },
        alias: { '@backstitch/saga': 'saga/index.ts' },
      };
      if (isReplayed) sources.set(manifest.workflowType, source);
      bundles.set(manifest.workflowType, await bundleWorkflows(source));
      return manifest;
    },
    sourceOf: ({ workflowType }) => sources.get(workflowType)!,
    play: (manifest, plan) =>
      playTrial(worker, manifest, planSchema.parse({ input: {}, ...plan }), {
        onRun: ({ state, runId, failures }, batches) =>
          witness(() => ({
            workflowId: state.workflowId,
            runId,
            batches,
            expected: { nextEventId: state.nextEventId, digest: state.digest, status: state.status },
            source: sources.get(manifest.workflowType),
            broken: failures.length > 0,
          })),
      }),
  };
}
