/** Plays trials in this process: the code that the product's own trials play, with a choice of the order of answers. */
import { catalogue } from '../../activities/catalogue';
import { TypeChecker } from '../../compiler/type-check';
import { flowEntry } from '../../flow/flow-entry';
import type { FlowManifest } from '../../flow/manifest';
import type { TrialPlan } from '../../flow/trial-plan';
import { playMatrix } from '../../trial/matrix';
import type { MatrixCell } from '../../trial/matrix-cells';
import type { TrialResult } from '../../trial/result';
import { playTrial } from '../../trial/trial';
import { buildWith } from '../../versions/build';
import { createToolchain } from '../../versions/toolchain';
import type { WorkflowBundle } from '../../worker/bundle/bundle';
import { createEmbeddedWorker } from '../../worker/embedded-worker';
import type { Random } from '../random';

export class Stage {
  readonly #bundles = new Map<string, WorkflowBundle>();
  readonly #listeners = new Set<() => void>();
  readonly #types = new TypeChecker();
  readonly #toolchain = createToolchain(catalogue, async ({ files, manifest }) =>
    this.#types.check(files, manifest?.nodes ?? {})
  );
  readonly #worker = createEmbeddedWorker({
    bundles: {
      find: (type) => this.#bundles.get(type),
      onChange: (listener) => (this.#listeners.add(listener), () => this.#listeners.delete(listener)),
    },
  });

  /** Compiles the document of a published flow, as a trial of a draft does. `published`: the flows that it may run. */
  async serve({ document, workflowType }: FlowManifest, published: ReadonlyMap<string, FlowManifest>): Promise<void> {
    const operations = Object.fromEntries([...published.values()].map(flowEntry).map((entry) => [entry.name, entry]));
    const { product } = await buildWith(this.#toolchain)({ document, version: 1, known: null, operations });
    if (!product) throw new Error(`${workflowType} was published and does not compile for a trial`);
    this.#bundles.set(workflowType, product.bundle);
    for (const listener of this.#listeners) listener();
  }

  /** `order`: chooses the order in which calls are answered that are under way at the same time. */
  play(manifest: FlowManifest, plan: TrialPlan, order?: Random): Promise<TrialResult> {
    // One branch may be much slower than another, and people or timers quicker than calls, all the time.
    const first = order?.pick(['any', 'newest', 'oldest'] as const);
    const held = order?.pick([0, 0.3, 0.7]) ?? 0;
    const arrived = <Answer>(waiting: Answer[]): Answer[] => {
      if (order!.chance(held)) return [];
      if (first !== 'any' && order!.chance(0.9)) return waiting.splice(first === 'newest' ? -1 : 0, 1);
      const mixed = order!.shuffle(waiting.splice(0));
      waiting.push(...mixed.splice(order!.between(1, mixed.length)));
      return mixed;
    };
    return playTrial(this.#worker, manifest, plan, order ? { arrived } : {});
  }

  async cells(manifest: FlowManifest, plan: TrialPlan): Promise<MatrixCell[]> {
    const cells: MatrixCell[] = [];
    await playMatrix(this.#worker, manifest, plan, { onRows: () => {}, onCell: (cell) => void cells.push(cell) });
    return cells;
  }

  close(): Promise<void> {
    return this.#worker.close();
  }
}
