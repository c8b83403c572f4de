/**
 * Random sagas, stopped and killed at random: what the running saga says of itself (`__ledger`, `__nodes`, search
 * attributes) and what the screens read off its history never disagree.
 *
 * Rules
 * [Z1] After every workflow task the query's ledger and the history's are the same, entry by entry, and so are the
 *      effects that remain.
 * [Z2] The phase and the count of remaining effects in lists are those of the run.
 * [Z3] At every event, node states, timeline and ledger tell of each step the same.
 * [Z4] A node is under way on the screens exactly while the saga says so.
 * [Z5] Somebody is asked exactly when the saga waits for somebody.
 * [Z6] A run that is stopped undoes what the screens promised, in the order that they said.
 * [Z8] The books of the service that the steps call agree with the ledger: what it says was undone or did not happen is
 *      not in them, also when every late call has arrived; what it says remains is in them. A person who is asked looks
 *      at the books.
 * [Z7] Activity ids are unique while pending and parse back to their nodes (design D7); timers say whose they are.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { parseActivityId, stepOfWait } from './activity-id';
import { eventsFromHistory } from './events-from-history';
import type { FlowDocument } from '../flow/document';
import { manifestOf } from './testing/order';
import { ledgerOf, surelyRemains } from './ledger';
import type { LedgerEntry, RunEvent, RunFacts, RunProjection } from './model';
import { project } from './project';
import { remaining } from './remaining';
import { readRecords } from './records';
import type { FlowManifest } from '../flow/manifest';
import { allNodes } from '../flow/tree';
import type { HistoryEvent } from '../history';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import { UNDO_INPUT, type LedgerReport, type NodesReport } from '../saga/contract';
import { ServiceBooks } from './testing/service-books';
import { calmRun, interpretPath, randomRun, type CalmRun, type RandomRun, type Script } from './testing/random-flow';
import { actor } from './testing/history';

provesHistories({ workflowsPath: interpretPath });

/** A failing run is reported as generated; FC_SHRINK=1 spends minutes to find a smaller one. */
const RUNS = Number(process.env.FC_RUNS ?? 40);
const STATUSES: Record<number, RunFacts['status']> = {
  1: 'running',
  2: 'completed',
  3: 'failed',
  4: 'canceled',
  5: 'terminated',
};

const undone = new Map<string, number>();
const service = new ServiceBooks();
/** Keys of steps that a person undid in the books, whether or not the decision reached the run. */
const undoneByHand = new Set<string>();
const keyOf = () => {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution?.workflowId}/${activityId.split(':')[0]}`;
};
const executor = new ActivityExecutor({
  activities: {
    do: async (script: Script) => {
      const { does } = script;
      const { attempt } = Context.current().info;
      if (does === 'notApplied') throw ApplicationFailure.nonRetryable('no', 'NotApplied');
      if (does === 'denied') throw ApplicationFailure.nonRetryable('no', 'EgressDenied', { applied: false });
      service.call(keyOf(), does === 'ok' || (does === 'second' && attempt > 1) ? 'now' : script.happens);
      if (does === 'unknown') throw ApplicationFailure.nonRetryable('who knows', 'Odd');
      if (does === 'second' && attempt === 1) throw ApplicationFailure.retryable('not yet');
      if (does === 'stops') await Context.current().cancelled;
      if (does === 'hangs') await Context.current().cancelled.catch(() => new Promise(() => {}));
      return 'done';
    },
    undo: (script: Script) => {
      const key = keyOf();
      const tries = (undone.get(key) ?? 0) + 1;
      undone.set(key, tries);
      const fails = tries <= script.undoFails;
      if (!fails || script.undoFailsHaving === 'undone') service.undo(key, script);
      if (!fails) return;
      const proof = script.undoFailsHaving === 'sentNothing' ? { applied: false } : undefined;
      throw ApplicationFailure.nonRetryable(`failed ${tries} times`, 'Failed', proof);
    },
    check: (script: Script) => {
      if (script.lookUp === 'fails') throw ApplicationFailure.nonRetryable('no idea');
      return script.lookUp === 'odd' ? 'odd' : { applied: service.lookUp(keyOf(), script), output: 'found' };
    },
    'human.open': () => {},
    'human.close': () => {},
  },
});

let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry: interpretPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());

interface Told {
  nodes: NodesReport;
  ledger: LedgerReport;
}

function factsOf(run: WorkflowUnderTest, events: RunEvent[], nodes: NodesReport | null): RunFacts {
  const status = STATUSES[run.state.status];
  if (!status) throw new Error(`status ${run.state.status} has no name here`);
  return { status, events, pending: [], nodes, workflowTask: null, nowMs: run.now };
}

const byStep = (entries: readonly { activityId: string; state: string }[]) =>
  Object.fromEntries(
    entries.filter(({ state }) => state !== 'notArmed').map(({ activityId, state }) => [activityId, state])
  );

function agrees(run: WorkflowUnderTest, manifest: FlowManifest, events: RunEvent[], told: Told): void {
  const { phase, waitsFor } = told.nodes;
  const projection = project(factsOf(run, events, told.nodes), manifest);
  const { ledger, nodes, steps, whatNow } = projection;
  const open = run.state.status === STATUS.running;
  // [Z1] A killed run cannot report what was running.
  if (run.state.status !== STATUS.terminated) {
    expect(byStep(ledger.entries)).toEqual(byStep(told.ledger.entries));
    expect(ledger.left).toBe(told.ledger.standing);
    // [Z2]
    const silent = phase === 'forward' || phase === 'done';
    const standing = open ? ledger.left : remaining(events, manifest).standing;
    // The flow has ended and its tasks in the inbox are being closed: what is written is what the closed run is
    // compared with.
    const final = open && (phase === 'left-standing' || phase === 'unwound');
    const count = final ? run.state.searchAttributes.SagaStanding : standing;
    expect(run.state.searchAttributes).toEqual(silent ? {} : { SagaPhase: phase, SagaStanding: count });
    expect(readRecords(events).phase).toBe(silent ? null : phase);
    if (!open) expect(['unwinding', 'needs-hand']).not.toContain(phase);
  }
  agreesWithBooks(run, ledger.entries);
  sameOfEachStep(projection, new Set(waitsFor.flatMap((wait) => (wait.kind === 'undo' ? [stepOfWait(wait)] : []))));
  if (!open) return;
  // [Z4]
  for (const [id, { state }] of Object.entries(told.nodes.nodes)) {
    const shown = (steps[id] ?? nodes[id])?.state;
    if (shown === undefined) continue;
    const underWay = ['running', 'waitsForPerson', 'waitsForTimer', 'waitsForSignal'].includes(shown);
    const asked = shown === 'unknown' && state === 'running';
    expect([id, shown, underWay || asked]).toEqual([id, shown, state === 'running' || state === 'waiting']);
  }
  // [Z5]
  const wanted = waitsFor.some(({ kind }) => kind === 'undo')
    ? 'undoFailed'
    : waitsFor.some(({ kind }) => kind === 'outcome')
      ? 'outcomeUnknown'
      : waitsFor.length > 0
        ? 'waitsForApproval'
        : undefined;
  // An undo that is retried automatically asks no person.
  expect(whatNow?.kind === 'retrying' ? undefined : whatNow?.kind).toBe(wanted);
  if (whatNow && wanted) expect(waitsFor.map(({ nodeId }) => nodeId)).toContain(whatNow.nodeId);
}

/** [Z8] */
function agreesWithBooks(run: WorkflowUnderTest, entries: readonly LedgerEntry[]): void {
  for (const entry of entries) {
    const { activityId, state } = entry;
    const key = `${run.state.workflowId}/${activityId}`;
    const held = service.holds(key);
    // A kill came before the decision: nobody told the run what the person had done.
    if (state === 'undoFailed' && undoneByHand.has(key)) continue;
    if (state === 'undone' || state === 'doneByHand' || state === 'notArmed') {
      expect([activityId, state, held]).toEqual([activityId, state, false]);
    } else if (surelyRemains(entry) && state !== 'undoing') {
      expect([activityId, state, held]).toEqual([activityId, state, true]);
    }
  }
}

const comesFromOutside = (event: HistoryEvent): boolean =>
  Boolean(
    event.activityTaskStartedEventAttributes ??
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );

/** [Z3] */
function sameOfEachStep(
  { ledger, nodes, steps, timeline }: RunProjection,
  asked: ReadonlySet<string> = new Set()
): void {
  const shownAs: Partial<Record<string, string>> = {
    undoing: 'unwinding',
    undone: 'undone',
    doneByHand: 'undone',
    undoFailed: 'undoFailed',
  };
  const rowAs: Partial<Record<string, string>> = { ...shownAs, doneByHand: 'undoFailed', leftStanding: 'undoFailed' };
  for (const { nodeId: drawn, activityId: nodeId, state } of ledger.entries) {
    const node = steps[nodeId] ?? nodes[nodeId];
    const item = nodeId.slice(drawn.length + 1);
    const undo = timeline.findLast((row) => row.nodeId === drawn && row.role === 'undo' && row.item === item);
    expect([nodeId, node?.ledger]).toEqual([nodeId, state]);
    if (shownAs[state]) expect([nodeId, node?.state]).toEqual([nodeId, shownAs[state]]);
    // An undo whose input cannot be computed was never scheduled: the node shows that a person is asked.
    else if (asked.has(nodeId)) expect(node?.state).toBe('undoFailed');
    else expect(['unwinding', 'undone', 'undoFailed']).not.toContain(node?.state);
    // A decided effect may have had no undo that could be scheduled.
    const byPerson = state === 'doneByHand' || state === 'leftStanding';
    if (rowAs[state] && (undo || !byPerson)) expect([nodeId, undo?.state]).toEqual([nodeId, rowAs[state]]);
    if (state === 'standing' && !asked.has(nodeId)) expect([nodeId, node?.state]).toEqual([nodeId, 'done']);
  }
  expect(ledger.left).toBe(
    ledger.entries.filter(({ state }) => !['notArmed', 'undone', 'doneByHand'].includes(state)).length
  );
}

let runs = 0;
async function live({ flow, eager, endsWaits, disturbance }: RandomRun): Promise<void> {
  const manifest = manifestOf(flow);
  const runKey = ++runs;
  const run = new WorkflowUnderTest(worker, executor, 'interpret', [flow], { runKey, workflowId: `random-${runKey}` });
  const tasks = () => run.events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
  let asked = 0;
  for (let seen = -1; run.state.status === STATUS.running;) {
    const { what, afterTasks } = disturbance;
    if (tasks() === afterTasks && seen !== afterTasks && what !== 'nothing') {
      if (what === 'kill') run.terminate();
      else run.cancel('one');
      if (what === 'stopTwice') run.cancel('two');
    }
    seen = tasks();
    await run.run({ until: () => tasks() > seen });
    expect(run.failures).toEqual([]);
    const told = {
      nodes: (await run.query('__nodes')) as NodesReport,
      ledger: (await run.query('__ledger')) as LedgerReport,
    };
    // The workflow cannot report events that it has not yet received.
    const unseen = new Set(run.state.unseen.filter(comesFromOutside));
    agrees(run, manifest, eventsFromHistory({ events: run.events.filter((event) => !unseen.has(event)) }), told);
    const idle = tasks() === seen;
    const { endable = [] } = told.nodes;
    if (endsWaits && run.state.status === STATUS.running && endable.length > 0) {
      asked++;
      for (const { activityId: nodeId } of endable)
        run.update(`end-${asked}/${nodeId}`, '__decideOutcome', {
          nodeId,
          choice: 'endWait',
          reason: 'it will not answer',
          actor: actor('Ada'),
        });
      continue;
    }
    if (run.state.status === STATUS.running && (eager || idle)) answer(run, flow, told.nodes, ++asked, idle);
    if (asked > 200) throw new Error('it never ends');
  }
  const events = eventsFromHistory({ events: run.events });
  // [Z8] Sent calls arrive in the end, whatever happened to the run.
  service.deliverLate(`${run.state.workflowId}/`);
  agreesWithBooks(run, ledgerOf(events, manifest).entries);
  idsParseBack(events, manifest);
  for (let end = 1; end < events.length; end++) {
    const facts: RunFacts = { ...factsOf(run, events.slice(0, end), null), status: 'running' };
    sameOfEachStep(project(facts, manifest));
  }
}

/** [Z7] */
function idsParseBack(events: readonly RunEvent[], manifest: FlowManifest): void {
  const pending = new Map<unknown, string>();
  for (const { id, type, attributes, summary } of events) {
    if (type === 'ActivityTaskScheduled') {
      const activityId = String(attributes.activityId);
      expect([...pending.values()]).not.toContain(activityId);
      expect(Object.keys(manifest.nodes)).toContain(parseActivityId(activityId)?.nodeId);
      pending.set(id, activityId);
    } else if (/^ActivityTask(Completed|Failed|TimedOut|Canceled)$/.test(type)) {
      pending.delete(attributes.scheduledEventId);
    } else if (type === 'TimerStarted' && summary !== 'Deadline of the run') {
      expect(Object.keys(manifest.nodes)).toContain(parseActivityId(summary ?? '')?.nodeId);
    }
  }
}

/** Answers the question of the run; a run without a question that does nothing waits for a signal. */
function answer(
  run: WorkflowUnderTest,
  flow: FlowDocument,
  { waitsFor }: NodesReport,
  number: number,
  idle: boolean
): void {
  const decider = { reason: 'so it is', actor: actor('Ada') };
  for (const wait of waitsFor) {
    const node = allNodes(flow.steps).find(({ id }) => id === wait.nodeId);
    const nodeId = wait.kind === 'approval' ? wait.taskId.split('/').at(-1)! : stepOfWait(wait);
    if (wait.kind === 'approval' && node?.kind === 'approval') {
      const { say } = node.data as { say: string };
      const { taskId, dataHash } = wait;
      run.update(`${number}/${nodeId}`, '__decide', {
        taskId,
        decision: say,
        comment: 'x',
        dataHash,
        actor: decider.actor,
      });
    } else if (node?.kind === 'action') {
      const { undoReads, ...script } = node.input as unknown as Script;
      const key = `${run.state.workflowId}/${nodeId}`;
      // An undo whose input cannot be computed cannot be retried, so this choice is left out.
      const unmade = wait.kind === 'undo' && wait.error.type === UNDO_INPUT;
      const undo = unmade && script.undo === 'retry' ? 'leave' : script.undo;
      if (wait.kind === 'undo' && undo === 'doneByHand') {
        service.undoByHand(key);
        undoneByHand.add(key);
      }
      const mayUndo = node.undo && undoReads !== 'missing';
      const choice = service.whatAPersonFinds(key, script.outcome === 'undo' && Boolean(mayUndo));
      if (wait.kind === 'undo') run.update(`${number}/${nodeId}`, '__decideUndo', { nodeId, choice: undo, ...decider });
      else run.update(`${number}/${nodeId}`, '__decideOutcome', { nodeId, choice, output: 'seen', ...decider });
    }
  }
  if (idle && waitsFor.length === 0) run.signal('go', number);
}

it('[Z1-Z5, Z7, Z8] a random saga and its screens agree at every step', { timeout: 240_000 }, async () => {
  await fc.assert(fc.asyncProperty(randomRun, live), { numRuns: RUNS, endOnFailure: !process.env.FC_SHRINK });
});

async function stopped({ flow, afterTasks }: CalmRun): Promise<void> {
  const manifest = manifestOf(flow);
  const runKey = ++runs;
  const run = new WorkflowUnderTest(worker, executor, 'interpret', [flow], { runKey, workflowId: `calm-${runKey}` });
  const tasks = () => run.events.filter((event) => event.workflowTaskCompletedEventAttributes).length;
  await run.run({ until: () => tasks() >= afterTasks });
  const events = () => eventsFromHistory({ events: run.events });
  const promised = project(factsOf(run, events(), null), manifest)
    .ledger.entries.filter(({ undoOrder }) => undoOrder !== null)
    .sort((a, b) => (a.undoOrder ?? 0) - (b.undoOrder ?? 0));
  run.cancel();
  await run.run();
  expect(run.state.status).toBe(STATUS.canceled);
  const undos = readRecords(events()).activities.filter(({ parsed }) => parsed?.role === 'undo');
  // Steps that were running at the stop are undone too.
  const kept = undos.map(({ forwardId }) => forwardId).filter((id) => promised.some((each) => each.activityId === id));
  expect(kept).toEqual(promised.map(({ activityId }) => activityId));
  expect(project(factsOf(run, events(), null), manifest).ledger.left).toBe(0);
}

it('[Z6] a stopped run undoes exactly what the screens listed, in their order', { timeout: 240_000 }, async () => {
  await fc.assert(fc.asyncProperty(calmRun, stopped), { numRuns: RUNS, endOnFailure: !process.env.FC_SHRINK });
});
