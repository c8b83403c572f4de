/**
 * Flows with children: what a child has left is undone by its parent, and nothing is lost or counted twice between both
 * ledgers. On an engine in virtual time, with the official workflow library; the engine is killed at every commit.
 *
 * Rules
 * [FML1] A parent that fails undoes what its children have left, last done first, with the keys of the children.
 * [FML2] A parent that is stopped asks its child to stop, which undoes itself; nothing is handed over that is not left.
 * [FML3] What a child could not undo is on the ledger of its parent too, whether it failed or completed.
 * [FML4] A child that was terminated is one effect that may remain, until a person says what they found.
 * [FML5] An undo of a handed effect that fails asks a person in the parent's run, who names it by its whole id.
 * [FML6] A child for which nobody waits keeps its effects, and goes on when its parent fails.
 * [FML7] A child that ends after its time limit undoes itself; a child that somebody stopped fails its step.
 * [FML8] After its point of no return a child hands its effects over without their undo.
 * [FML9] After every kill: the query's ledger is that of the history, for each run; each effect in the books of the
 *       service is in the ledger of the run that is responsible for it, and in no other one as remaining.
 * [FML10] Over the list of all runs each effect is counted once, also after resets, and each row has the count of its
 *       page.
 * [FML11] A run that a reset made asks people under the ids that its base had opened.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import type { FlowDocument } from '../flow/document';
import { provesHistories } from '../history/testing/proof';
import { STATUS } from '../run-name';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { remaining } from './remaining';
import { countsHere, ledgerOf, NOTHING_BESIDE } from './ledger';
import type { LedgerEntry } from './model';
import { PASSED_ON, readPassedOn } from './passed-on';
import { previewReset } from './reset-preview';
import { agreesEverywhere, countedOnce, keysOf } from './testing/agreeing-family';
import { Family, type FamilyRun } from './testing/family';
import { manifestOf } from './testing/order';
import { interpretPath, type Script } from './testing/random-flow';

provesHistories({ workflowsPath: interpretPath });

let worker: EmbeddedWorker;
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry: interpretPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());

// --- flows

const CALM: Script = {
  does: 'ok',
  happens: 'now',
  lateCalls: 'refused',
  undoFails: 0,
  undoFailsHaving: 'doneNothing',
  undoReads: 'nothing',
  lookUp: 'applied',
  outcome: 'undo',
  undo: 'leave',
};
type Node = Record<string, unknown>;
const step = (id: string, script: Partial<Script> = {}, more: Node = {}): Node => {
  const input = { ...CALM, ...script };
  return {
    id,
    title: id,
    kind: 'action',
    activity: 'do',
    input,
    effect: 'reversible',
    undo: { title: `undo ${id}`, activity: 'undo', input },
    unknown: { policy: 'undo' },
    lateCalls: 'refused',
    options: { retry: { maximumAttempts: 5 } },
    ...more,
  };
};
const bad = step('bad', { does: 'notApplied' });
const wait = (id: string, duration = '1m'): Node => ({ id, title: id, kind: 'wait', duration });
const child = (id: string, steps: Node[], more: Node = {}, rollback: Node = {}): Node => ({
  id,
  title: id,
  kind: 'child',
  flow: 'child',
  input: flowOf(steps, rollback),
  ...more,
});
const parallel = (id: string, ...branches: Node[][]): Node => ({
  id,
  title: id,
  kind: 'parallel',
  branches: branches.map((steps, index) => ({ id: `${id}-${index}`, title: 'branch', steps })),
});
function flowOf(steps: Node[], rollback: Node = {}): FlowDocument {
  const onFailure = { onFailure: 'continue', ...rollback };
  const input = { type: 'object' };
  return parseFlow({ format: 2, name: 'child', title: 'Flow', input, rollback: onFailure, steps });
}

// --- what must hold

let family: Family;
afterEach(() => family.end());

const states = ({ ledger }: FamilyRun) =>
  Object.fromEntries(ledger.entries.map(({ activityId, state }) => [activityId, state]));
const undosOf = ({ events }: FamilyRun) =>
  events.flatMap(({ type, attributes }) =>
    type === 'ActivityTaskScheduled' && String(attributes.activityId).endsWith(':undo') ? [attributes.activityId] : []
  );
async function play(flow: FlowDocument, during: (family: Family) => Promise<void> = async () => {}): Promise<Family> {
  family = await new Family(worker).begin();
  await family.start('p', flow);
  await family.letPass(1);
  await during(family);
  await family.letPass();
  return family;
}
const runOf = (workflowId: string): FamilyRun => family.runs().get(workflowId)!;

describe('a parent and its child', () => {
  it('[FML1] a later failure undoes what the child has left, in its order, with its keys', async () => {
    await play(flowOf([step('a'), child('pay', [step('charge'), step('book')]), step('z'), bad]));
    expect(runOf('p').status).toBe(STATUS.failed);
    expect(runOf('p/pay').status).toBe(STATUS.completed);
    expect(undosOf(runOf('p'))).toEqual(['z:undo', 'pay/book:undo', 'pay/charge:undo', 'a:undo']);
    expect(states(runOf('p'))).toMatchObject({ 'pay/charge': 'undone', 'pay/book': 'undone', a: 'undone' });
    const keys = keysOf(runOf('p/pay'));
    const undo = runOf('p').events.find(({ attributes }) => attributes.activityId === 'pay/charge:undo');
    const [, call] = undo!.attributes.input as [unknown, { forwardKey: string; idempotencyKey: string }];
    // The operation is the one with which the child was published.
    expect(call).toMatchObject({ madeBy: 'interpret_v1' });
    expect(call.forwardKey).toBe(keys.get('charge'));
    expect(call.idempotencyKey).toMatch(/^default\/p\/pay\/.*\/charge:undo$/);
    expect(family.books.holds(keys.get('charge')!)).toBe(false);
    await agreesEverywhere(family);
  });

  it('[FML1] a child of a child: its effects pass through both', async () => {
    const inner = child('ship', [step('label')]);
    await play(flowOf([child('order', [step('reserve'), inner]), bad]));
    expect(undosOf(runOf('p'))).toEqual(['order/ship/label:undo', 'order/reserve:undo']);
    await agreesEverywhere(family);
  });

  it('[FML1] in a loop each item has its child', async () => {
    const loop = { id: 'each', title: 'each', kind: 'each', items: '[1,2]', item: 'item', concurrency: 2 };
    await play(flowOf([{ ...loop, steps: [child('pay', [step('charge')])] }, bad]));
    expect(undosOf(runOf('p')).sort()).toEqual(['pay~1/charge:undo', 'pay~2/charge:undo']);
    expect([...family.runs().keys()].sort()).toEqual(['p', 'p/pay~1', 'p/pay~2']);
    await agreesEverywhere(family);
  });

  it('[FML2] a parent that is stopped lets its child undo itself', async () => {
    await play(flowOf([step('a'), child('pay', [step('charge'), wait('hold', '1h')])]), async (it) => {
      await it.stop('p');
    });
    expect([runOf('p').status, runOf('p/pay').status]).toEqual([STATUS.canceled, STATUS.canceled]);
    expect(undosOf(runOf('p/pay'))).toEqual(['charge:undo']);
    expect(undosOf(runOf('p'))).toEqual(['a:undo']);
    expect(states(runOf('p'))).toEqual({ a: 'undone', pay: 'notArmed' });
    await agreesEverywhere(family);
  });

  it('[FML2] a sibling branch that fails stops the child, and waits until it has undone itself', async () => {
    await play(
      flowOf([parallel('both', [child('pay', [step('charge'), wait('hold', '1h')])], [wait('short', '1m'), bad])])
    );
    expect(runOf('p').status).toBe(STATUS.failed);
    expect(states(runOf('p/pay'))).toEqual({ charge: 'undone' });
    await agreesEverywhere(family);
  });

  it('[FML2] a child that fails undoes itself, and nothing of it is left', async () => {
    const odd = step('odd', { does: 'unknown', happens: 'now' });
    await play(flowOf([step('a'), child('pay', [step('charge'), odd])]));
    expect(states(runOf('p/pay'))).toEqual({ charge: 'undone', odd: 'undone' });
    expect(states(runOf('p'))).toEqual({ a: 'undone', pay: 'notArmed' });
    expect(runOf('p').attributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
    await agreesEverywhere(family);
  });

  it('[FML3] what a failing child could not undo is on its parent’s ledger too', async () => {
    await play(flowOf([step('a'), child('pay', [step('charge', { undoFails: 9 }), step('book'), bad])]));
    expect(states(runOf('p/pay'))).toEqual({ charge: 'undoFailed', book: 'undone', bad: 'notArmed' });
    expect(states(runOf('p'))).toEqual({ a: 'undone', 'pay/charge': 'undoFailed' });
    expect(runOf('p').attributes).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
    expect(undosOf(runOf('p'))).toEqual(['a:undo']);
    await agreesEverywhere(family);
  });

  it('[FML3] a child that is stopped and could not undo something says so by failing', async () => {
    await play(flowOf([child('pay', [step('charge', { undoFails: 9 }), wait('hold', '1h')])]), async (it) => {
      await it.stop('p');
    });
    expect(runOf('p/pay').status).toBe(STATUS.failed);
    expect(runOf('p').status).toBe(STATUS.canceled);
    expect(states(runOf('p'))).toEqual({ 'pay/charge': 'undoFailed' });
    await agreesEverywhere(family);
  });

  it('[FML3] a catch of the parent reads the failure of the child, not that something remains', async () => {
    const caught = [{ id: 'c', types: ['NotApplied'], scope: 'undo', then: [step('other')] }];
    const failing = child('pay', [step('charge', { undoFails: 9 }), bad], { catch: caught });
    await play(flowOf([failing, step('after')]));
    expect(runOf('p').status).toBe(STATUS.completed);
    expect(states(runOf('p'))).toMatchObject({ 'pay/charge': 'undoFailed', other: 'standing', after: 'standing' });
    expect(runOf('p').attributes).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
    await agreesEverywhere(family);
  });

  it('[FML3] an unknown outcome in a child that completed remains unknown in its parent', async () => {
    const odd = step('odd', { does: 'unknown', lateCalls: 'possible' }, { lateCalls: 'possible' });
    const caught = {
      id: 'g',
      title: 'g',
      kind: 'group',
      steps: [odd],
      catch: [{ id: 'c', types: [], scope: 'keep', then: [] }],
    };
    await play(flowOf([child('pay', [caught]), bad]));
    expect(runOf('p/pay').status).toBe(STATUS.completed);
    expect(states(runOf('p/pay'))).toEqual({ odd: 'mayStand' });
    expect(states(runOf('p'))).toMatchObject({ 'pay/odd': 'mayStand' });
    expect(undosOf(runOf('p'))).toEqual(['pay/odd:undo']);
    await agreesEverywhere(family);
  });

  it('[FML4] a terminated child is one effect that may remain', async () => {
    await play(flowOf([step('a'), child('pay', [step('charge'), wait('hold', '1h')])]), async (it) => {
      await it.terminate('p/pay');
    });
    expect(runOf('p').status).toBe(STATUS.failed);
    expect(states(runOf('p'))).toEqual({ a: 'undone', pay: 'mayStand' });
    expect(runOf('p').ledger).toMatchObject({ remains: 0, mayRemain: 1 });
    expect(states(runOf('p/pay'))).toEqual({ charge: 'standing' });
    const beside = {
      pending: null,
      settlements: [{ activityId: 'pay', found: 'undone', by: 'Ada', reason: 'x', atMs: 1 }] as const,
    };
    expect(
      remaining(runOf('p').events, manifestOf(runOf('p').flow), { ...beside, settlements: [...beside.settlements] })
        .left
    ).toBe(0);
    await agreesEverywhere(family);
  });

  it('[FML4] a parent that is terminated: its child is asked to stop and undoes itself', async () => {
    await play(flowOf([child('pay', [step('charge'), wait('hold', '1h')])]), async (it) => {
      await it.terminate('p');
    });
    expect(runOf('p/pay').status).toBe(STATUS.canceled);
    expect(states(runOf('p/pay'))).toEqual({ charge: 'undone' });
    expect(states(runOf('p'))).toEqual({ pay: 'mayStand' });
  });

  it('[FML5] an undo that fails asks in the parent’s run, by its whole id', async () => {
    const paying = child('pay', [step('charge', { undoFails: 1 })], {}, { onFailure: 'ask' });
    await play(flowOf([paying, bad]), async (it) => {
      await it.letPass(60_000);
      const { waitsFor, phase } = await it.nodes('p');
      expect(phase).toBe('needs-hand');
      expect(waitsFor).toMatchObject([{ kind: 'undo', nodeId: 'pay', activityId: 'pay/charge:undo' }]);
      await it.update('p', '__decideUndo', { nodeId: 'pay/charge', choice: 'retry' });
    });
    expect(states(runOf('p'))).toMatchObject({ 'pay/charge': 'undone' });
    await agreesEverywhere(family);
  });

  it('[FML6] a child for which nobody waits goes on, and keeps its effects', async () => {
    await play(flowOf([child('tell', [wait('hold'), step('mail')], { waits: 'start' }), step('a'), bad]));
    expect(runOf('p').status).toBe(STATUS.failed);
    expect(runOf('p/tell').status).toBe(STATUS.completed);
    expect(states(runOf('p'))).toEqual({ a: 'undone', bad: 'notArmed' });
    expect(states(runOf('p/tell'))).toEqual({ mail: 'standing' });
    await agreesEverywhere(family);
  });

  it('[FML7] a child that does not end in time undoes itself, and its step fails', async () => {
    await play(flowOf([step('a'), child('pay', [step('charge'), wait('hold', '1h')], { timeout: '1m' })]));
    const [close] = runOf('p').events.slice(-1);
    expect(JSON.stringify(close!.attributes)).toContain('"type":"Timeout"');
    expect(states(runOf('p/pay'))).toEqual({ charge: 'undone' });
    await agreesEverywhere(family);
  });

  it('[FML7] a child that somebody stopped is a failure of its step', async () => {
    const caught = [{ id: 'c', types: ['ChildStopped'], scope: 'undo', then: [step('other')] }];
    await play(flowOf([child('pay', [step('charge'), wait('hold', '1h')], { catch: caught })]), async (it) => {
      await it.stop('p/pay');
    });
    expect(runOf('p').status).toBe(STATUS.completed);
    expect(states(runOf('p'))).toMatchObject({ other: 'standing' });
    await agreesEverywhere(family);
  });

  it('[FML7] a child whose id is in use fails its step, and nothing is to undo', async () => {
    const twice = parallel('both', [child('pay', [wait('hold', '1h')], { runId: "'x'" })], [step('a')]);
    family = await new Family(worker).begin();
    await family.start('p/pay', flowOf([wait('other', '1h')]));
    await family.start('p', flowOf([twice]));
    await family.letPass();
    expect(JSON.stringify(runOf('p').events.at(-1)!.attributes)).toContain('"type":"ChildAlreadyRunning"');
    expect(states(runOf('p'))).toMatchObject({ a: 'undone', pay: 'notArmed' });
  });

  it('[FML8] after its point of no return a child hands over what stays', async () => {
    await play(flowOf([step('a'), child('pay', [step('charge'), step('send', {}, { pivot: true })]), bad]));
    expect(states(runOf('p'))).toMatchObject({ a: 'undone', 'pay/charge': 'standing', 'pay/send': 'standing' });
    expect(runOf('p').attributes).toEqual({ SagaPhase: 'left-standing', SagaStanding: 2 });
    await agreesEverywhere(family);
  });
});

describe('a run that is reset', () => {
  const flows: [string, FlowDocument][] = [
    ['that completed', flowOf([step('a'), wait('w'), child('pay', [step('charge'), step('book')]), step('z')])],
    ['that left something', flowOf([step('a'), child('pay', [step('charge', { undoFails: 9 }), bad])])],
    [
      'with a child in a branch',
      flowOf([parallel('both', [child('pay', [step('charge'), wait('hold')])], [step('b')])]),
    ],
    ['that failed', flowOf([step('a'), step('b', { undoFails: 9 }), wait('w'), bad])],
  ];
  const points = ({ events }: FamilyRun) =>
    events.flatMap(({ id, type }) => (type === 'WorkflowTaskCompleted' ? [id] : []));
  it.each(flows)('[FML10] %s, to every point', { timeout: 120_000 }, async (_, flow) => {
    await play(flow);
    const all = points(runOf('p'));
    await family.end();
    let made = 0;
    for (const point of all) {
      await play(flow);
      if (await family.reset('p', point)) made++;
      await family.letPass();
      countedOnce(family);
      await family.end();
    }
    expect(made).toBeGreaterThan(0);
  });

  it.each([...flows, ['that undid its child', flowOf([step('a'), child('pay', [step('charge')]), step('z'), bad])]])(
    '[RPV1] [RPV2] [RPV4] %s, to every step: it does what the dialog said',
    { timeout: 120_000 },
    async (_, flow) => {
      const manifest = manifestOf(flow as FlowDocument);
      const nodeIds = Object.keys(manifest.nodes);
      let made = 0;
      for (const nodeId of nodeIds) {
        await play(flow as FlowDocument);
        const base = runOf('p');
        const preview = previewReset(nodeId, { ...base, manifest });
        if (preview) {
          const isMade = await family.reset('p', preview.eventId);
          expect([nodeId, isMade]).toEqual([nodeId, preview.whyNot === null]);
          await family.letPass();
          countedOnce(family);
          if (isMade) {
            made++;
            const passedOn = readPassedOn(
              family.everyRun().find(({ runId }) => runId === base.runId)!.listed[PASSED_ON]
            );
            const { entries } = ledgerOf(base.events, manifest, { ...NOTHING_BESIDE, passedOn });
            const idsOf = (all: readonly LedgerEntry[]) => all.map(({ activityId }) => activityId).sort();
            expect(idsOf(preview.twice)).toEqual(idsOf(entries.filter(countsHere)));
            expect(idsOf(preview.kept)).toEqual(idsOf(entries.filter(({ heldBy }) => heldBy === 'newRun')));
          }
        }
        await family.end();
      }
      expect(made).toBeGreaterThan(0);
    }
  );

  it('[FML10] three times, the same run each time: nothing is counted twice, whichever point was first', async () => {
    const flow = flowOf([step('a'), wait('w'), step('b'), wait('x'), step('c')]);
    await play(flow);
    const first = runOf('p');
    const [early, middle, late] = [1, 2, 3].map((at) => points(first)[at]!);
    for (const order of [
      [late, early, middle],
      [early, late, middle],
    ]) {
      await family.end();
      await play(flow);
      const { runId } = runOf('p');
      for (const point of order) {
        expect(await family.reset('p', point!, runId)).toBe(true);
        await family.letPass();
        countedOnce(family);
      }
    }
  });

  it('[FML11] an approval that was open at the point is decided under the id that people saw', async () => {
    const approval = { id: 'ask', title: 'ask', kind: 'approval', question: '?', data: {}, requireComment: 'never' };
    await play(flowOf([parallel('both', [approval], [wait('w'), step('b')])]), async (it) => {
      const [asked] = (await it.nodes('p')).waitsFor;
      await it.letPass(61_000);
      expect(await it.reset('p', points(runOf('p')).at(-1)!)).toBe(true);
      await it.letPass(1);
      const [again] = (await it.nodes('p')).waitsFor;
      expect([asked, again]).toMatchObject([{ kind: 'approval' }, { kind: 'approval' }]);
      if (asked?.kind !== 'approval' || again?.kind !== 'approval') return;
      expect(again.taskId).toBe(asked.taskId);
      const { taskId, dataHash } = asked;
      await it.update('p', '__decide', { taskId, dataHash, decision: 'approve', comment: '' });
    });
    expect(runOf('p').status).toBe(STATUS.completed);
    countedOnce(family);
  });

  it.each(['the child', 'the parent', 'both'])('[FML10] while its child runs: %s', async (which) => {
    const flow = flowOf([step('a'), child('pay', [step('charge'), wait('hold', '1h'), step('book')]), bad]);
    await play(flow, async (it) => {
      await it.letPass(60_000);
      if (which !== 'the parent') expect(await it.reset('p/pay', 4)).toBe(true);
      await it.letPass(60_000);
      if (which !== 'the child') expect(await it.reset('p', points(runOf('p')).at(-1)!)).toBe(true);
    });
    expect(states(runOf('p'))).toMatchObject({ a: 'undone', 'pay/charge': 'undone', 'pay/book': 'undone' });
    countedOnce(family);
    // Its parent has taken over what it left: reset alone, it would do it a second time behind the parent's back.
    expect(await family.reset('p/pay', 4)).toBe(false);
  });
});

describe('an engine that is killed at every commit', () => {
  const flows: [string, FlowDocument][] = [
    ['a later failure', flowOf([child('pay', [step('charge'), step('book')]), bad])],
    ['a child that fails', flowOf([step('a'), child('pay', [step('charge', { undoFails: 9 }), bad])])],
    ['a child in a branch', flowOf([parallel('both', [child('pay', [step('charge'), wait('hold', '1h')])], [bad])])],
  ];
  it.each(flows)('[FML9] %s', { timeout: 240_000 }, async (_, flow) => {
    await play(flow);
    await agreesEverywhere(family);
    const { commits } = family.store;
    await family.end();
    for (let at = 1; at <= commits; at++) {
      for (const when of ['before', 'after'] as const) {
        family = new Family(worker, { at, when });
        await family.start('p', flow);
        await family.letPass();
        await agreesEverywhere(family);
        await family.end();
      }
    }
  });
});
