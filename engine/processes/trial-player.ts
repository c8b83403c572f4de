/**
 * Plays requests one after the other: builds the document as publishing does, and plays its code. It keeps the code of
 * the last document, so that trying the same flow again compiles nothing. The product runs it in a process of its own
 * (trial-process.ts).
 */
import type { Catalogue } from '../flow/catalogue';
import type { FlowManifest } from '../flow/manifest';
import { buildWith, type Toolchain } from '../versions/build';
import type { WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { playMatrix } from '../trial/matrix';
import { formattedProject } from '../export/format';
import { notExported, projectOf } from '../export/project';
import { readProjectSources } from '../export/sources';
import { exportedTrials } from '../export/trials';
import { draftCodeOf } from '../trial/draft-code';
import type { PlayRequest, ProjectRequest, TrialPart, TrialRequest } from '../trial/parts';
import { playTrial, startInputOf } from '../trial/trial';

/** Of the sandbox: a part of the memory of the process. */
const SANDBOX_MB = 160;
const ACTIVATION_MS = 1_000;

export class TrialPlayer {
  readonly #worker: EmbeddedWorker;
  #served: { text: string; manifest: FlowManifest; bundle: WorkflowBundle } | null = null;
  #changed = () => {};

  constructor(private readonly toolchain: Toolchain) {
    this.#worker = createEmbeddedWorker({
      bundles: {
        find: (type) => (this.#served?.bundle.workflowTypes.includes(type) ? this.#served.bundle : undefined),
        onChange: (listener) => ((this.#changed = listener), () => {}),
      },
      maxHeapMb: SANDBOX_MB,
      activationTimeoutMs: ACTIVATION_MS,
    });
  }

  /** The last part is an 'end'. Rejects only for a bug. */
  async play(request: TrialRequest, send: (part: TrialPart) => void): Promise<void> {
    if (request.what === 'code') send({ kind: 'code', code: await draftCodeOf(this.toolchain, request) });
    else if (request.what === 'project') await this.#export(request, send);
    else await this.#play(request, send);
    send({ kind: 'end', end: 'done', message: '' });
  }

  async #play(
    { document, operations, what, plan: given }: PlayRequest,
    send: (part: TrialPart) => void
  ): Promise<void> {
    const manifest = await this.#serve(document, operations, send);
    if (manifest) {
      const startMs = Date.now();
      const plan = { ...given, input: given.input === undefined ? startInputOf(manifest) : given.input };
      if (what === 'try') send({ kind: 'result', result: await playTrial(this.#worker, manifest, plan, { startMs }) });
      else
        await playMatrix(
          this.#worker,
          manifest,
          plan,
          { onRows: (rows) => send({ kind: 'rows', rows }), onCell: (cell) => send({ kind: 'cell', cell }) },
          { startMs }
        );
    }
  }

  async #export(request: ProjectRequest, send: (part: TrialPart) => void): Promise<void> {
    const { document, operations, version, frozen, connections, ownSources } = request;
    const played = await this.#serve(document, operations, send);
    if (!played) return;
    const diagnostics = notExported(played.document);
    if (diagnostics.length > 0) return send({ kind: 'refused', diagnostics });
    const trials = await exportedTrials(played, startInputOf(played), (plan) => playTrial(this.#worker, played, plan));
    const { files, manifest } = await this.toolchain.compile(document, version, operations);
    if (!manifest) throw new Error(`${played.flow} compiles as version 1 but not as version ${version}`);
    const sources = readProjectSources();
    const made = projectOf({ files, manifest, operations: frozen, connections, ownSources, trials, sources });
    send({ kind: 'project', files: await formattedProject(made) });
  }

  close(): Promise<void> {
    return this.#worker.close();
  }

  async #serve(
    document: unknown,
    operations: Catalogue,
    send: (part: TrialPart) => void
  ): Promise<FlowManifest | null> {
    const text = JSON.stringify([document, operations]);
    if (this.#served?.text === text) return this.#served.manifest;
    const { diagnostics, product } = await buildWith(this.toolchain)({ document, version: 1, known: null, operations });
    if (!product) {
      send({ kind: 'refused', diagnostics });
      return null;
    }
    this.#served = { text, manifest: product.manifest, bundle: product.bundle };
    this.#changed();
    return product.manifest;
  }
}
