/**
 * Random flows with children of one and two levels, whose steps fail in every way, with people who stop, kill and reset
 * runs and answer questions, and an engine that is killed: the rules [FML9] and [FML10] of families.test.ts hold.
 *
 * Rules
 * [RFM1] Whatever happens, at the end each effect in the books is in the ledger of the run that is responsible for it,
 *        and is counted once over the list.
 */
import { status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { allNodes } from '../flow/tree';
import { provesHistories } from '../history/testing/proof';
import { STATUS } from '../run-name';
import { UNDO_INPUT } from '../saga/contract';
import { nodeIdOf } from '../saga/item-path';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { stepOfWait } from './activity-id';
import { agreesEverywhere, countedOnce, keysOf } from './testing/agreeing-family';
import { Family, type FamilyRun } from './testing/family';
import { interpretPath, randomFamily, type RandomFamily, type Script } from './testing/random-flow';

provesHistories({ workflowsPath: interpretPath });

/** More for a long search: FC_RUNS=2000 with another FC_SEED. */
const RUNS = Number(process.env.FC_RUNS ?? 25);
const PATH = process.env.FC_PATH;
const SEED = Number(process.env.FC_SEED ?? 1);
const MOST_LOOKS = 400;
const STEP_MS = 20_000;
/** Longer than any timer of the flows. */
const IDLE_LOOKS = 4;

let worker: EmbeddedWorker;
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry: interpretPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());

/** The action in a flow, or in those that it runs, and the key of its call: of a handed effect, that of the child. */
function stepOf(family: Family, run: FamilyRun, id: string): { script: Script; key: string; hasUndo: boolean } | null {
  const [step = '', ...inner] = id.split('/');
  const node = allNodes(run.flow.steps).find((each) => each.id === nodeIdOf(step));
  if (node?.kind === 'child' && inner.length > 0) {
    const child = family.runs().get(`${run.workflowId}/${step}`);
    return child ? stepOf(family, child, inner.join('/')) : null;
  }
  if (node?.kind !== 'action') return null;
  const script = node.input as unknown as Script;
  return { script, key: keysOf(run).get(step) ?? '', hasUndo: Boolean(node.undo) };
}

/** Answers what the run asks. */
async function answer(family: Family, run: FamilyRun): Promise<boolean> {
  const { workflowId, runId } = run;
  const { waitsFor } = await family.nodes(workflowId);
  for (const wait of waitsFor) {
    if (wait.kind === 'approval') {
      const { taskId, dataHash } = wait;
      const node = allNodes(run.flow.steps).find(({ id }) => id === wait.nodeId);
      const decision = node?.kind === 'approval' ? (node.data as { say: string }).say : 'approve';
      await family.update(workflowId, '__decide', { taskId, decision, comment: 'x', dataHash }, runId);
      continue;
    }
    const nodeId = stepOfWait(wait);
    const step = stepOf(family, run, nodeId);
    const undo = step?.script.undo ?? 'leave';
    if (wait.kind === 'undo') {
      const isUnmade = wait.error.type === UNDO_INPUT;
      const choice = isUnmade && undo === 'retry' ? 'leave' : undo;
      if (choice === 'doneByHand' && step) family.books.undoByHand(step.key);
      await family.update(workflowId, '__decideUndo', { nodeId, choice }, runId);
    } else {
      const mayUndo = step?.hasUndo === true && step.script.undoReads !== 'missing';
      const choice = family.books.whatAPersonFinds(step?.key ?? '', mayUndo && step.script.outcome === 'undo');
      await family.update(workflowId, '__decideOutcome', { nodeId, choice, output: 'seen' }, runId);
    }
  }
  return waitsFor.length > 0;
}

async function disturb(family: Family, { which, what }: RandomFamily['disturbance']): Promise<void> {
  const all = family.everyRun();
  const run = all[which % all.length]!;
  const { workflowId, runId, events } = run;
  if (what === 'reset') {
    const points = events.flatMap(({ id, type }) => (type === 'WorkflowTaskCompleted' ? [id] : []));
    if (points.length > 0) await family.reset(workflowId, points[which % points.length]!, runId);
  }
  if (run.status !== STATUS.running) return;
  if (what === 'stop') await family.stop(workflowId);
  if (what === 'kill') await family.terminate(workflowId);
}

/** For a person who looks for the cause: what happened in each run. */
function storyOf(family: Family): string {
  return family
    .everyRun()
    .flatMap(({ workflowId, runId, status, events, listed }) => [
      `${workflowId} ${runId} ${status} ${JSON.stringify(listed)}`,
      ...events.map(({ id, type, attributes, summary = '' }) => {
        const { activityId, initiatedEventId, scheduledEventId, startedEventId } = attributes;
        return `  ${id} ${type} ${[summary, activityId, initiatedEventId, scheduledEventId ?? startedEventId].join(' ')}`;
      }),
    ])
    .join('\n');
}

/** For a person who looks for the cause. */
async function openIn(family: Family): Promise<string> {
  const open = family.everyRun().filter(isOpen);
  const told = open.map(async ({ workflowId }) => [workflowId, await family.nodes(workflowId)]);
  return JSON.stringify([await Promise.all(told), family.clock.next()]);
}

const isOpen = ({ status }: FamilyRun): boolean => status === STATUS.running;

/** One answer may end a run to which another one was about to be given. */
async function unlessClosed<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: number }).code === status.NOT_FOUND) return undefined;
    throw error;
  }
}

async function live({ flow, eager, disturbance, killedAt }: RandomFamily): Promise<void> {
  const family = new Family(worker, killedAt > 0 ? { at: killedAt, when: killedAt % 2 ? 'before' : 'after' } : null);
  try {
    await family.start('p', flow);
    let idle = 0;
    for (let look = 1, seen = 0; ; look++) {
      if (look > MOST_LOOKS) throw new Error(`it never ends: ${await openIn(family)}`);
      await family.letPass(1);
      if (look === disturbance.afterLooks) await disturb(family, disturbance);
      const open = family.everyRun().filter(isOpen);
      if (open.length === 0) break;
      const events = family.everyRun().reduce((sum, run) => sum + run.events.length, 0);
      idle = events === seen ? idle + 1 : 0;
      seen = events;
      const isIdle = idle > IDLE_LOOKS;
      let asked = false;
      if (eager || isIdle) for (const run of open) asked = (await unlessClosed(() => answer(family, run))) || asked;
      if (asked) continue;
      if (isIdle) for (const { workflowId } of open) await unlessClosed(() => family.signal(workflowId, 'go'));
      await family.letPass(STEP_MS);
    }
    family.books.deliverLate('');
    const isReset = disturbance.what === 'reset';
    if (isReset) countedOnce(family);
    else await agreesEverywhere(family);
  } catch (error) {
    throw new Error(`${String(error)}\n${storyOf(family)}`, { cause: error });
  } finally {
    await family.end();
  }
}

it('[RFM1] random flows with children, and everything that happens to them', { timeout: 600_000 }, async () => {
  await fc.assert(fc.asyncProperty(randomFamily, live), {
    numRuns: RUNS,
    seed: SEED,
    path: PATH,
    endOnFailure: !process.env.FC_SHRINK,
  });
});
