/**
 * What a publish plays: the flow's own tests (flow/tests.ts), and, if the flow requires it, its failure matrix.
 *
 * Rules
 * [KP1] A test that differs refuses the publish, with a sentence for each difference. Its path is the test, and the
 *       step if the difference is at one. All differences of all tests are said at once.
 *       A test that does not fit the flow (flow/unfit-tests.ts) is not played, and refuses the publish too.
 * [KP2] 'neverLeavesSilently': every failure of the matrix that leaves an effect behind must ask a person. The first
 *       twenty that do not are said.
 * [KP3] Both have a limit of time together. What was not played by then is not known to hold, so the publish is refused
 *       and the message says how much was played.
 */
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowManifest } from '../flow/manifest';
import { differencesOf, unreachedIn } from '../flow/tests';
import { unfitIn } from '../flow/unfit-tests';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { allNodes } from '../flow/tree';
import type { WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker } from '../worker/embedded-worker';
import type { WorkflowWorker } from '../worker/port';
import { playMatrix } from './matrix';
import type { MatrixCell, MatrixFailure } from './matrix-cells';
import { leavesSilently, outcomeOf } from './outcome';
import { playTrial, startInputOf } from './trial';

/** Of all tests and the matrix together: a part of the time that a build may take. */
const LIMIT_MS = 15_000;
/** As in a trial. */
const SANDBOX_MB = 160;
const ACTIVATION_MS = 1_000;

/** Plays what the document keeps with its bundle; starts a sandbox only if it keeps something. */
export async function proveKeptTests(manifest: FlowManifest, bundle: WorkflowBundle): Promise<Diagnostic[]> {
  const { tests = [], neverLeavesSilently = false } = manifest.document;
  if (tests.length === 0 && !neverLeavesSilently) return [];
  const worker = createEmbeddedWorker({
    bundles: { find: (type) => (bundle.workflowTypes.includes(type) ? bundle : undefined), onChange: () => () => {} },
    maxHeapMb: SANDBOX_MB,
    activationTimeoutMs: ACTIVATION_MS,
  });
  try {
    return await playKeptTests(worker, manifest, { limitMs: LIMIT_MS, now: Date.now });
  } finally {
    await worker.close();
  }
}

export interface ProofLimits {
  limitMs: number;
  /** For the day on which runs start, and for the limit. */
  now: () => number;
}

const MOST_SAID = 20;

/** Errors only; none: everything holds. `worker` serves the workflow type of the manifest. */
export async function playKeptTests(
  worker: WorkflowWorker,
  manifest: FlowManifest,
  { limitMs, now }: ProofLimits
): Promise<Diagnostic[]> {
  const { tests = [], neverLeavesSilently = false, steps } = manifest.document;
  const startMs = now();
  const isLate = () => now() - startMs >= limitMs;
  const titles = new Map(allNodes(steps).map(({ id, title }) => [id, title]));
  const found: Diagnostic[] = [];
  for (const [index, test] of tests.entries()) {
    const { title, plan, expect } = test;
    const path = ['tests', index];
    const unfit = unfitIn(test, manifest.document);
    for (const { nodeId, message } of unfit)
      found.push(
        problem(
          'test-unfit',
          null,
          nodeId === null ? path : [...path, nodeId],
          `The test '${title}' no longer fits. ${message}`,
          'Leave out what no longer fits, or remove the test.'
        )
      );
    if (unfit.length > 0) continue;
    if (isLate()) {
      const played = `${index} of ${tests.length} tests of the flow were played within ${limitMs / 1_000} s.`;
      found.push(
        problem('test-not-played', null, path, `${played} The others are not known to pass.`, 'Remove some of them.')
      );
      break;
    }
    const result = await playTrial(worker, manifest, withInput(plan, manifest), { keepsMoments: false, startMs });
    const titleOf = (id: string) => titles.get(id) ?? null;
    const unreached = unreachedIn(plan, result.reached);
    for (const { nodeId, message } of differencesOf(expect, outcomeOf(result), titleOf, unreached))
      found.push(
        problem(
          'test-differs',
          null,
          nodeId === null ? path : [...path, nodeId],
          `The test '${title}' differs. ${message}`
        )
      );
  }
  if (neverLeavesSilently && found.length === 0)
    found.push(...(await silentEffects(worker, manifest, { startMs, isLate, limitMs })));
  return found;
}

async function silentEffects(
  worker: WorkflowWorker,
  manifest: FlowManifest,
  { startMs, isLate, limitMs }: { startMs: number; isLate: () => boolean; limitMs: number }
): Promise<Diagnostic[]> {
  const silent: MatrixCell[] = [];
  let played = 0;
  const left = new AbortController();
  const listener = {
    onRows: () => undefined,
    onCell(cell: MatrixCell) {
      played++;
      if (leavesSilently(cell)) silent.push(cell);
      if (isLate()) left.abort();
    },
  };
  const start = withInput(planSchema.parse({}), manifest);
  await playMatrix(worker, manifest, start, listener, { startMs, signal: left.signal });
  const path = ['neverLeavesSilently'];
  const said = silent.slice(0, MOST_SAID).map(({ nodeId, failure, undo, item, left: effects }) => {
    const names = effects.map(({ title }) => `'${title}'`).join(', ');
    const alone = item ? ` for one of several ${item.unit}s (the ${item.at} of ${item.of})` : '';
    const undone = undo === 'fails' ? ' and its undo fails' : '';
    const message = `If '${manifest.nodes[nodeId]?.title ?? nodeId}' ${HOW[failure]}${alone}${undone}, ${names} may remain and nobody is asked.`;
    return problem('leaves-silently', nodeId, [], message);
  });
  if (silent.length > MOST_SAID)
    said.push(problem('leaves-silently', null, path, `There are ${silent.length - MOST_SAID} more such failures.`));
  if (left.signal.aborted) {
    const message = `Of the failures of this flow ${played} were played within ${limitMs / 1_000} s, and not all. It is not known whether one leaves an effect behind without a question.`;
    said.push(problem('matrix-not-played', null, path, message, 'Divide the flow, or do not require this of it.'));
  }
  return said;
}

const HOW: Record<MatrixFailure, string> = {
  before: 'fails before its effect',
  after: 'fails after its effect',
  unknown: 'gives no answer',
  stopped: 'is under way when the run is stopped',
  rejected: 'is rejected',
  late: 'is not answered in time',
};

const withInput = (plan: TrialPlan, manifest: FlowManifest): TrialPlan => ({
  ...plan,
  input: plan.input === undefined ? startInputOf(manifest) : plan.input,
});

function problem(
  code: string,
  nodeId: string | null,
  path: (string | number)[],
  message: string,
  fix?: string
): Diagnostic {
  return { code, severity: 'error', nodeId, path, message, ...(fix === undefined ? {} : { fix }) };
}
