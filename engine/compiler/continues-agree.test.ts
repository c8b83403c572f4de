/**
 * A run that continues as new does what a run that never does would have done: for random flows with three long loops,
 * for every step that may fail, and for chains with a new run at every round, at some rounds, and at none.
 *
 * Rules
 * [CAG1] The chain ends with the same status, result and failure, and its services get the same calls in the same order (of items
 *        that run at the same time, in any order).
 * [CAG2] An undo sends the key of its forward call, whichever run of the chain made that call.
 * [CAG3] The ledger of the last run is that of the one run. The history of each run of the chain says the same as its code,
 *        and an effect is counted for one run of the chain only.
 * [CAG4] Steps before a loop are not repeated, and the official replayer replays every run of the chain.
 */
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allNodes } from '../flow/tree';
import { provesHistories, type WorkflowSource } from '../history/testing/proof';
import type { temporal } from '../proto';
import { STATUS } from '../run-name';
import { eventsFromHistory } from '../run-view/events-from-history';
import { ledgerOf } from '../run-view/ledger';
import type { LedgerReport } from '../saga/contract';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { Compiled } from './compile';
import { compileFlow, SAGA_ALIAS, sagaModules } from './testing/golden-case';
import { randomSaga } from './testing/random-saga';

const FLOWS = Number(process.env.FC_RUNS ?? 2);
/** Of each flow; each is played three times, and every history is replayed. */
const FAILING_STEPS = Number(process.env.FC_RUNS ?? 4);
/** More than any limit of the catalogue. */
const FAILS_SO_OFTEN = 25;
const FIRST_ROUNDS = 3;
const ALL_ROUNDS = 6;
/** More than a chain can have that does something in each run. */
const MOST_RUNS = 150;

type Failure = temporal.api.failure.v1.IFailure | null | undefined;
interface Drawn {
  steps: object[];
}
const seed = Number(process.env.FC_SEED ?? Date.now());
const compiled: Compiled[] = [];
for (const parts of fc.sample(fc.tuple(randomSaga, randomSaga, randomSaga, randomSaga), { numRuns: FLOWS * 4, seed })) {
  const one = await compileFlow(documentOf(parts as Drawn[], compiled.length));
  if (one.manifest && !one.diagnostics.some(({ severity }) => severity === 'error')) compiled.push(one);
  if (compiled.length === FLOWS) break;
}

function onFailureOf(number: number): string {
  return ['collect', 'stop', 'finish'][number % 3] ?? 'stop';
}

/** Items of the list at a time, by the number of the flow. */
function atATime(number: number): number {
  // Where a failure stops the others, it depends on the time which of them have begun.
  return onFailureOf(number) === 'collect' ? 2 : 1;
}

/** Three long loops with random steps before, in, between and in them. */
function documentOf(parts: readonly Drawn[], number: number): object {
  const [before, first, between, second] = parts.map(({ steps }, part) => {
    const text = JSON.stringify(steps.slice(0, 3)).replaceAll('"n-', `"p${part}-`);
    // No point of no return in a loop, and none after another one.
    return JSON.parse(part === 2 * (number % 2) ? text : text.replaceAll('"pivot":true', '"pivot":false')) as object[];
  });
  const integer = { type: 'integer' };
  const one = { type: 'object', required: ['ref'], properties: { ref: { type: 'string' } } };
  const next = (id: string) => ({ id, title: id, kind: 'set', values: { rounds: { $expr: 'rounds + 1' } } });
  const call = (id: string, body: object, more: object) => ({
    id,
    title: id,
    kind: 'action',
    activity: 'http.request',
    input: { method: 'POST', connection: 'service', path: '/do', body },
    effect: 'reversible',
    lateCalls: 'refused',
    unknown: { policy: 'undo' },
    undo: {
      title: 'Undo',
      activity: 'http.request',
      input: { method: 'POST', connection: 'service', path: '/undo', body },
    },
    ...more,
  });
  return {
    format: 1,
    name: `flow-${number}`,
    title: 'Random',
    input: { type: 'object' },
    output: { type: 'object', properties: { rounds: integer, ref: { type: 'string' }, last: { type: 'string' } } },
    variables: { rounds: { schema: integer, initial: 0 }, last: { schema: { type: 'string' }, initial: '' } },
    signals: { go: { title: 'Go', schema: one, key: 'argument.ref' } },
    steps: [
      call('open', { a: 1 }, { output: one }),
      ...before!,
      {
        id: 'first',
        title: 'first',
        kind: 'repeat',
        while: `rounds < ${FIRST_ROUNDS}`,
        most: 1000,
        steps: [...first!, next('more')],
      },
      ...between!,
      {
        id: 'list',
        title: 'list',
        kind: 'each',
        items: '[1, 2, 3, 4, 5, 6, 7]',
        item: 'item',
        most: 10_000,
        concurrency: atATime(number),
        onFailure: onFailureOf(number),
        steps: [call('listed', { n: { $expr: 'item' }, ref: { $expr: 'open.ref' } }, { output: one })],
        result: { $expr: 'listed.ref' },
        ...(number % 2 === 0 ? { catch: [{ types: ['Odd'], scope: 'undo', then: [] }] } : {}),
      },
      call('listed-all', { all: { $expr: number % 2 === 0 ? 'list?.results' : 'list.results' } }, {}),
      call('mid', { rounds: { $expr: 'rounds' }, ref: { $expr: 'open.ref' } }, { output: one }),
      {
        id: 'second',
        title: 'second',
        kind: 'repeat',
        until: `rounds >= ${ALL_ROUNDS}`,
        most: 1000,
        steps: [
          { id: 'go', title: 'go', kind: 'waitForSignal', signal: 'go' },
          ...second!,
          call('use', { ref: { $expr: 'mid.ref' }, go: { $expr: 'go.ref' } }, { output: one }),
          { id: 'keep', title: 'keep', kind: 'set', values: { last: { $expr: '`${last}${use.ref}`' } } },
          next('again'),
        ],
        ...(number % 2 === 0 ? {} : { catch: [{ types: ['Odd'], scope: 'undo', then: [] }] }),
      },
      call('close', { last: { $expr: 'last' } }, {}),
      {
        id: 'end',
        title: 'end',
        kind: 'end',
        output: { rounds: { $expr: 'rounds' }, ref: { $expr: 'open.ref' }, last: { $expr: 'last' } },
      },
    ],
  };
}

const files = compiled.flatMap((each, at) =>
  Object.entries(each.files).map(([name, code]) => [`flow-${at}/${name}`, code] as const)
);
const entry = compiled.map(({ manifest }, at) => `export { ${manifest!.workflowType} } from './flow-${at}/workflow';`);
const source: WorkflowSource = {
  entry: 'entry.ts',
  modules: { ...sagaModules, ...Object.fromEntries(files), 'entry.ts': entry.join('\n') },
  alias: SAGA_ALIAS,
};
provesHistories(source);

let worker: EmbeddedWorker;
beforeAll(async () => {
  const bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
}, 120_000);
afterAll(() => worker.close());

let nextKey = 1;
const states = (entries: readonly { activityId: string; state: string }[]) =>
  Object.fromEntries(entries.filter(({ state }) => state !== 'notArmed').map((each) => [each.activityId, each.state]));

/** Items that run at a time have no order: a run that is about to continue waits for those that have begun. */
const comparable = <Outcome extends { calls: string[] }>(outcome: Outcome, number: number): Outcome =>
  atATime(number) === 1 ? outcome : { ...outcome, calls: outcome.calls.toSorted() };

/** What it is called, and the step that failed, with its causes. */
const failureOf = (failure: Failure): unknown[] =>
  failure
    ? [
        failure.applicationFailureInfo?.type ?? failure.activityFailureInfo?.activityId,
        failure.message,
        ...failureOf(failure.cause),
      ]
    : [];

/** Plays a chain to its end. `suggestAt`: the number of events at which a run hears that it should continue as new. */
async function play({ manifest }: Compiled, failing: string | null, suggestAt: number) {
  const calls: string[] = [];
  const keys = new Map<string, string>();
  const wrongKeys: string[] = [];
  let attempts = 0;
  const activity = (input: { body?: unknown }, call: { idempotencyKey: string; forwardKey?: string }) => {
    const { activityId } = activityInfo();
    const forward = activityId.replace(/:undo$/, '');
    if (forward === activityId) keys.set(activityId, call.idempotencyKey);
    else if (call.forwardKey !== keys.get(forward)) wrongKeys.push(activityId);
    // The number of failures is limited, so a handler around the step or a second path finds it working.
    if (activityId === failing && ++attempts <= FAILS_SO_OFTEN)
      throw ApplicationFailure.create({ message: 'odd', type: 'Odd', details: [{ applied: false }] });
    calls.push(`${activityId} ${JSON.stringify(input.body ?? null)}`);
    return { ref: activityId };
  };
  const executor = new ActivityExecutor({ activities: { 'http.request': activity } });
  const chain: WorkflowUnderTest[] = [];
  const workflowId = `chain-${nextKey}`;
  const begin = (more: ConstructorParameters<typeof WorkflowUnderTest>[4]) => {
    const options = { runKey: nextKey++, workflowId, suggestContinueAsNewEvents: suggestAt, ...more };
    chain.push(new WorkflowUnderTest(worker, executor, manifest!.workflowType, [{}], options));
    return chain.at(-1)!;
  };
  let run = begin({});
  for (let number = 1; number <= ALL_ROUNDS; number++) {
    for (let times = 0; times < 1 + (number % 2); times++) run.signal('go', { ref: `go-${number}` });
  }
  let standing = 0;
  for (;;) {
    await run.run();
    expect(run.failures).toEqual([]);
    // [CAG3]
    const ledger = ledgerOf(eventsFromHistory({ events: run.events }), manifest!);
    const told = (await run.query('__ledger')) as LedgerReport;
    expect(states(ledger.entries)).toEqual(states(told.entries));
    standing += ledger.left;
    if (!run.next) {
      const failure = run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure;
      return {
        outcome: {
          status: run.state.status,
          result: run.result(),
          failure: failureOf(failure),
          calls,
          ledger: states(told.entries),
          standing,
          attributes: run.state.searchAttributes,
        },
        wrongKeys,
        attempts,
        runs: chain.length,
      };
    }
    if (chain.length > MOST_RUNS) throw new Error('the chain does not end');
    run = begin({ continues: run.next, startMs: run.now });
  }
}

it('[CAG1] [CAG2] [CAG3] [CAG4] a chain does what one run does', { timeout: 300_000 }, async () => {
  expect(compiled.length).toBeGreaterThan(FLOWS / 2);
  const seen = { chains: 0, failures: 0, handled: 0 };
  for (const [index, flow] of compiled.entries()) {
    const { steps } = flow.manifest!.document;
    const ids = allNodes(steps).flatMap((node) => (node.kind === 'action' ? [node.id] : []));
    const inLoop = (id: string) => /^(p1|p3)-|^use$|^listed$/.test(id);
    const all = ids.flatMap((id) => (inLoop(id) ? [`${id}~2`, `${id}~4`] : [id]));
    const some = all.filter((_, index) => index % Math.ceil(all.length / FAILING_STEPS) === 0);
    const failing = [...new Set([...some, 'listed~4', 'use~5'])];
    for (const id of [null, ...failing]) {
      const at = JSON.stringify({ seed, failing: id, steps });
      const one = await play(flow, id, Infinity);
      if (id !== null && one.attempts === 0) continue;
      if (one.outcome.status === STATUS.failed) seen.failures++;
      else if (id !== null) seen.handled++;
      for (const suggestAt of [1, 60]) {
        const chain = await play(flow, id, suggestAt);
        expect(comparable(chain.outcome, index), at).toEqual(comparable(one.outcome, index));
        expect([...one.wrongKeys, ...chain.wrongKeys], at).toEqual([]);
        if (suggestAt === 1 && id === null) expect(chain.runs, at).toBe(ALL_ROUNDS + (atATime(index) === 1 ? 6 : 3));
        seen.chains += chain.runs - 1;
      }
    }
  }
  // The random flows contain enough failures and runs.
  expect(seen.chains).toBeGreaterThan(FLOWS * ALL_ROUNDS);
  expect(seen.failures + seen.handled).toBeGreaterThan(FLOWS);
});
