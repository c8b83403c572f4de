/**
 * Plays requests one after the other: builds the document as publishing does, and plays its code. It keeps the code of
 * the last document, so that trying the same flow again compiles nothing. The product runs it in a process of its own
 * (trial-process.ts).
 */
import type { Compiled } from '../compiler/compile';
import type { Catalogue } from '../flow/catalogue';
import { activityOf } from '../flow/connections/operation';
import type { OwnSources } from '../flow/connections/own-code';
import type { FlowManifest } from '../flow/manifest';
import type { TrialPlan } from '../flow/trial-plan';
import { buildWith, type Toolchain } from '../versions/build';
import type { WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { playMatrix } from '../trial/matrix';
import { formattedProject } from '../export/format';
import { notExported, projectOf } from '../export/project';
import { readProjectSources } from '../export/sources';
import { exportedTrials } from '../export/trials';
import { draftCodeOf } from '../trial/draft-code';
import type { FlowBelow, PlayRequest, ProjectRequest, TrialPart, TrialRequest } from '../trial/parts';
import { playTrial, startInputOf } from '../trial/trial';

/** Of the sandbox: a part of the memory of the process. */
const SANDBOX_MB = 160;
const ACTIVATION_MS = 1_000;

export class TrialPlayer {
  readonly #worker: EmbeddedWorker;
  #served: { text: string; manifest: FlowManifest; bundle: WorkflowBundle } | null = null;
  /** The flows below the one that is exported. */
  readonly #below = new Map<string, WorkflowBundle>();
  #changed = () => {};

  constructor(private readonly toolchain: Toolchain) {
    this.#worker = createEmbeddedWorker({
      bundles: {
        find: (type) =>
          this.#served?.bundle.workflowTypes.includes(type) ? this.#served.bundle : this.#below.get(type),
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
    const { document, operations, version, below } = request;
    const played = await this.#serve(document, operations, send);
    if (!played) return;
    const flows = await Promise.all(
      below.map(async (flow) => ({ ...(await this.#compiled(flow)), frozen: flow.frozen }))
    );
    const diagnostics = notExported({ manifest: played, frozen: request.frozen }, flows);
    if (diagnostics.length > 0) return send({ kind: 'refused', diagnostics });
    const trials = await this.#trialsOf(played, flows);
    const all = [request, ...below];
    const made = projectOf({
      ...(await this.#compiled({ document, operations, version })),
      below: flows,
      operations: onceEach(
        all.flatMap(({ frozen }) => frozen),
        activityOf
      ),
      connections: onceEach(
        all.flatMap(({ connections }) => connections),
        ({ name }) => name
      ),
      ownSources: Object.assign({}, ...all.map(({ ownSources }) => ownSources)) as OwnSources,
      trials,
      sources: readProjectSources(),
    });
    const names = [played, ...flows.map(({ manifest }) => manifest)].map(({ flow }) => flow);
    send({ kind: 'project', files: await formattedProject(made), flows: [...new Set(names)] });
  }

  async #compiled(flow: Pick<FlowBelow, 'document' | 'operations' | 'version'> & { revision?: string }) {
    const { files, manifest, diagnostics } = await this.toolchain.compile(
      flow.document,
      flow.version,
      flow.operations,
      flow.revision
    );
    if (!manifest) throw new Error(`a flow that is served does not compile: ${JSON.stringify(diagnostics)}`);
    return { files, manifest };
  }

  async #trialsOf(root: FlowManifest, flows: readonly { files: Record<string, string>; manifest: FlowManifest }[]) {
    const below = new Map(flows.map(({ manifest }) => [manifest.workflowType, manifest]));
    for (const { files, manifest } of flows)
      this.#below.set(manifest.workflowType, await this.toolchain.bundle({ files, manifest } as Compiled));
    this.#changed();
    const play = (manifest: FlowManifest, plan: TrialPlan) => playTrial(this.#worker, manifest, plan);
    try {
      return await exportedTrials(root, startInputOf(root), { below, play });
    } finally {
      this.#below.clear();
    }
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

/** The first one of each name. */
const onceEach = <T>(all: readonly T[], nameOf: (each: T) => string): T[] =>
  [...new Map([...all].reverse().map((each) => [nameOf(each), each])).values()].reverse();
